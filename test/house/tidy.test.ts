/**
 * The style that a machine can hold: who may import whom, sizes, and what has one home only. Each
 * rule lists its offenders by file and line, all at once.
 */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import { PAGES } from '../../scripts/docs.ts'
import { codeOf, functionsOf } from './source_code.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/**
 * Which folder of src/ may import which others. Read as: a folder knows these and nothing else. The
 * files directly in src/ (the composition root and what users import) and cli/ know all.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  std: [],
  simulate: ['std'],
  supervise: ['std'],
  model: ['std'],
  log: ['std'],
  plan: ['model', 'std'],
  collect: ['log', 'model', 'std'],
  engine: ['plan', 'model', 'log', 'std'],
  present: ['engine', 'plan', 'model', 'std'],
  // Takes people out of the log and of the store.
  erase: ['engine', 'model', 'log', 'std'],
  learn: ['present', 'engine', 'plan', 'model', 'std'],
  alert: ['present', 'engine', 'plan', 'model', 'std'],
  sink: ['present', 'engine', 'plan', 'model', 'std'],
  // Of the log, its contract alone: how much the engine has not taken yet, and lanes it is handed.
  serve: ['present', 'erase', 'engine', 'plan', 'model', 'log', 'std'],
}
const KNOWS_ALL = ['', 'cli']

const COLUMNS_MAX = 100
const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 70
const SCREEN_LINES = 60

interface Source {
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  /** The lines without comments and without the insides of strings. */
  readonly code: readonly string[]
}

const read = (pattern: string): readonly Source[] =>
  globSync(pattern, { cwd: ROOT })
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return { path, text, lines: text.split('\n'), code: codeOf(text).split('\n') }
    })

/** But for what other programs wrote. */
const product = read('src/**/*.ts').filter(({ path }) => !path.includes('/generated/'))
const all = [
  ...product,
  ...read('{bin,scripts,test,bench,deploy,examples,web}/**/*.{ts,js,mjs,tsx}').filter(
    ({ path }) => !path.includes('node_modules') && !path.includes('/generated/'),
  ),
]

/** Where the pattern stands in the code (not in comments or strings), as `path:line`. */
function places(sources: readonly Source[], pattern: RegExp): readonly string[] {
  return sources.flatMap(({ path, code, lines }) =>
    code.flatMap((line, index) =>
      pattern.test(line) ? [`${path}:${index + 1}: ${lines[index]?.trim()}`] : [],
    ),
  )
}

/** The sources but for the files, or folders, in which the thing has its home. */
const outside = (sources: readonly Source[], ...homes: readonly string[]): readonly Source[] =>
  sources.filter(({ path }) => !homes.some((home) => path.startsWith(home)))

const none = (offenders: readonly string[]): void =>
  assert.ok(offenders.length === 0, `\n${offenders.join('\n')}`)

test('a folder imports only those it may know', () => {
  const folderOf = (path: string): string => {
    const inside = relative('src', path)
    return inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : ''
  }
  const offenders = product.flatMap(({ path, text }) => {
    const own = folderOf(path)
    if (KNOWS_ALL.includes(own)) return []
    const known = MAY_IMPORT[own]
    if (!known) return [`${path}: the folder ${own}/ is not in the table of arrows`]
    return importsOf(text)
      .map((target) => folderOf(join(dirname(path), target)))
      .filter((target) => target !== own && !known.includes(target))
      .map((target) => `${path}: ${own}/ may not import ${target || 'src'}/`)
  })
  none(offenders)
})

test('relative imports name files that exist, with their ending', () => {
  const offenders = all.flatMap(({ path, text }) =>
    importsOf(text)
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  )
  none(offenders)
})

test(`lines have at most ${COLUMNS_MAX} columns, but for a text that cannot be broken`, () => {
  const onlyText = /^\s*(\w+: |\w+\()?(['"`]).*\2[,);]*( \+)?$|^\s*(\/\/|\*) \S+$|https?:\/\//
  const promise = /^\s*test\((['"`]).*\1, .*=> \{$/
  const offenders = all.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      line.length > COLUMNS_MAX && !onlyText.test(line) && !promise.test(line)
        ? [`${path}:${index + 1}`]
        : [],
    ),
  )
  none(offenders)
})

test(`files have at most ${FILE_LINES_MAX} lines`, () => {
  const offenders = all
    .filter(({ lines }) => lines.length > FILE_LINES_MAX + 1)
    .map(({ path, lines }) => `${path}: ${lines.length} lines`)
  none(offenders)
})

test(`functions have at most ${FUNCTION_LINES_MAX} lines`, () => {
  const offenders = all.flatMap(({ path, code }) =>
    functionsOf(code)
      .filter(({ lines }) => lines > FUNCTION_LINES_MAX)
      .map(({ line, lines }) => `${path}:${line}: ${lines} lines`),
  )
  none(offenders)
})

test('a file longer than a screen says at its head what it is for', () => {
  const offenders = product
    .filter(({ text, lines }) => lines.length > SCREEN_LINES && !/^\/\*\*|^\/\//.test(text))
    .map(({ path }) => path)
  none(offenders)
})

test('the environment is read by std/settings.ts alone', () => {
  none(places(outside(product, 'src/std/settings.ts'), /\bprocess\.env\b/))
})

test('the time is read by std/clock.ts alone', () => {
  none(places(outside(product, 'src/std/clock.ts'), /\bDate\.now\(|\bnew Date\(\)/))
})

test('the log takes files, randomness, timers and processes from its argument `machine`', () => {
  const log = product.filter(({ path }) => path.startsWith('src/log/'))
  const homes = ['machine', 'file_system', 'processes'].map((name) => `src/log/files/${name}.ts`)
  const own = /\brandom(UUID|Bytes)\b|\bMath\.random\b|\bset(Timeout|Interval)\(|\bprocess\./
  none(places(outside(log, ...homes), own))
  const imports = outside(log, ...homes).flatMap(({ path, lines }) =>
    lines.flatMap((line) => (/from 'node:(fs|crypto)/.test(line) ? [`${path}: ${line}`] : [])),
  )
  none(imports)
})

test('only cli/ prints and ends the process', () => {
  none(places(outside(product, 'src/cli/'), /\bconsole\.|\bprocess\.exit\b|\bprocess\.stdout\b/))
})

test('nothing of the product has the type any, and no test without a reason', () => {
  none(places(product, /(:|<|\bas|,|\|)\s*any\b(?!['-])/))
  // In tests the linter asks for the reason, which it wants in the line above.
})

test('no file has a default export but configs and what their tools demand', () => {
  const reporters = ['scripts/reporter.mjs', 'scripts/failed_files.mjs']
  const homes = [...reporters, 'examples/', 'web/', 'test/']
  none(places(outside(all, ...homes), /^export default\b/))
})

test('nothing unfinished is left behind', () => {
  const mark = new RegExp(['FIX', 'ME|TO', 'DO|XX', 'X\\b'].join(''))
  const offenders = all.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (mark.test(line) ? [`${path}:${index + 1}`] : [])),
  )
  none(offenders)
})

test('no file names a folder of the machine it was written on', () => {
  const pages = [...read('{docs/**/*,*}.md'), ...read('*.json')]
  const machine = /(?<![\w.])\/(home|root|work|Users|tmp)\//
  const offenders = [...all, ...pages].flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (machine.test(line) ? [`${path}:${index + 1}: ${line}`] : [])),
  )
  none(offenders.filter((offender) => !offender.startsWith('test/house/tidy.test.ts')))
})

test('every exported value of src/ is used by another file', () => {
  const words = new Map<string, Set<string>>()
  for (const { path, code, text } of all) {
    const used = path.startsWith('src/') ? code.join('\n') : text
    for (const word of used.match(/[A-Za-z_$][\w$]*/g) ?? []) {
      const paths = words.get(word) ?? new Set()
      words.set(word, paths.add(path))
    }
  }
  const exported = /^export (?:async )?(?:const|function\*?|class) ([\w$]+)/
  const offenders = outside(product, 'src/index.ts').flatMap(({ path, code }) =>
    code.flatMap((line, index) => {
      const name = exported.exec(line)?.[1]
      if (name === undefined) return []
      const elsewhere = [...(words.get(name) ?? [])].some((other) => other !== path)
      return elsewhere ? [] : [`${path}:${index + 1}: ${name}`]
    }),
  )
  none(offenders)
})

for (const [path, render] of Object.entries(PAGES)) {
  test(`${path} is what the code says; \`npm run docs\` makes it anew`, () => {
    assert.equal(readFileSync(join(ROOT, path), 'utf8'), render())
  })
}

function importsOf(text: string): readonly string[] {
  const pattern = /(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']*)'/g
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '')
}
