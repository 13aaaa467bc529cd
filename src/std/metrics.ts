/**
 * Numbers for operators, and the text in which Prometheus reads them: families of samples, told by
 * whoever has them and joined where they are asked for. Most of them are read from what is there
 * when somebody asks; only histograms remember. Names follow Prometheus: base units (seconds,
 * bytes), `_total` for what only grows.
 */

export interface Sample {
  readonly value: number
  readonly labels?: Readonly<Record<string, string>>
  /** What a histogram's samples have after the family's name. */
  readonly suffix?: '_bucket' | '_sum' | '_count'
}

export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

type Labels = Readonly<Record<string, string>>

/** One number of now; left out where it is not known. */
export function gauge(
  name: string,
  help: string,
  value: number | null | undefined,
  labels: Labels = {},
): Family {
  const samples = value === null || value === undefined ? [] : [{ value, labels }]
  return { name, type: 'gauge', help, samples }
}

/** What has been counted, by the words of one label. */
export function counter(
  name: string,
  help: string,
  label: string,
  counts: Readonly<Record<string, number>>,
): Family {
  const samples = Object.entries(counts).map(([word, value]) => ({
    value,
    labels: { [label]: word },
  }))
  return { name, type: 'counter', help, samples }
}

/** Counts durations by how long they were; forgets nothing and stays small. */
export class Histogram {
  readonly #bounds_s: readonly number[]
  /** One more than bounds: what is longer than the last. */
  readonly #counts: number[]
  #sum_s = 0

  constructor(bounds_s: readonly number[]) {
    this.#bounds_s = bounds_s
    this.#counts = [...bounds_s, 0].map(() => 0)
  }

  note(duration_ms: number): void {
    const duration_s = duration_ms / 1_000
    const at = this.#bounds_s.findIndex((bound_s) => duration_s <= bound_s)
    const place = at < 0 ? this.#bounds_s.length : at
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
    this.#sum_s += duration_s
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0)
  }

  /**
   * The duration in ms that this share of all was not longer than: the bound of the bucket it falls
   * in, so at most one bucket too high. Null before the first; infinite beyond the last bound.
   */
  quantile_ms(share: number): number | null {
    const due = share * this.count
    let seen = 0
    for (const [at, count] of this.#counts.entries()) {
      seen += count
      if (seen > 0 && seen >= due) return (this.#bounds_s[at] ?? Number.POSITIVE_INFINITY) * 1_000
    }
    return null
  }

  family(name: string, help: string): Family {
    let below = 0
    const buckets = this.#counts.map((count, at) => {
      below += count
      const le = String(this.#bounds_s[at] ?? '+Inf')
      return { suffix: '_bucket', value: below, labels: { le } } as const
    })
    const sum = { suffix: '_sum', value: this.#sum_s } as const
    const count = { suffix: '_count', value: below } as const
    return { name, type: 'histogram', help, samples: [...buckets, sum, count] }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }
const escaped = (text: string) => text.replace(/[\\"\n]/g, (sign) => ESCAPES[sign] ?? sign)

function sampleLine(name: string, { value, labels = {}, suffix }: Sample): string {
  const words = Object.entries(labels).map(([label, word]) => `${label}="${escaped(word)}"`)
  return `${name}${suffix ?? ''}${words.length > 0 ? `{${words.join(',')}}` : ''} ${value}`
}

/** Families of one name, told by several processes, stand together, as Prometheus demands. */
export function prometheusText(families: readonly Family[]): string {
  const byName = Map.groupBy(families, ({ name }) => name)
  const lines = [...byName].flatMap(([name, alike]) => [
    `# HELP ${name} ${alike[0]?.help}`,
    `# TYPE ${name} ${alike[0]?.type}`,
    ...alike.flatMap(({ samples }) => samples.map((sample) => sampleLine(name, sample))),
  ])
  return `${lines.join('\n')}\n`
}

/** The media type of that text. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
