/** The text format that Prometheus reads: families of samples with labels. */

export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
}

export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly samples: readonly Sample[]
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }
const escaped = (text: string) => text.replace(/[\\"\n]/g, (sign) => ESCAPES[sign] ?? sign)

function sampleLine(name: string, { value, labels = {} }: Sample): string {
  const words = Object.entries(labels).map(([label, word]) => `${label}="${escaped(word)}"`)
  return `${name}${words.length > 0 ? `{${words.join(',')}}` : ''} ${value}`
}

export function prometheusOf(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, type, help, samples }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map((sample) => sampleLine(name, sample)),
  ])
  return `${lines.join('\n')}\n`
}
