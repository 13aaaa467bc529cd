/**
 * What the pages and the help say can be typed: every command line in them is given to the program,
 * in a folder without events. It may find no file of that name, and nothing else may be wrong.
 */
import assert from 'node:assert/strict'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { questionCommands } from '../../src/cli/questions.ts'
import { runHere } from '../cli/surroundings.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'clickpath documented '))
after(() => rmSync(folder, { recursive: true, force: true }))

const pages = globSync('{docs/**/*,*}.md', { cwd: ROOT, exclude: ['node_modules/**'] })
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))

/** Those that end only when they are told to, or bring what a folder without events has not. */
const ONLY_READ: ReadonlySet<string> = new Set([
  ...['up', 'collect', 'process', 'serve', 'simulate', 'compare'],
])
const NO_FILE = /^FILE_UNREADABLE|no such file/
const questions = Object.keys(questionCommands())

/** The words of a line as a shell divides it, until a comment or a pipe. */
function wordsOf(line: string): readonly string[] {
  const told = /(?:"[^"]*"|'[^']*'|[^\s"'#|]+)+|[#|].*/gs
  const words = [...line.matchAll(told)].map(([word]) => word)
  const end = words.findIndex((word) => /^[#|]/.test(word))
  return (end < 0 ? words : words.slice(0, end)).map((word) =>
    word.replace(/^(["'])(.*)\1$/s, '$2'),
  )
}

const isOpen = (line: string) => /\\$/.test(line) || (line.match(/["']/g) ?? []).length % 2 === 1

/** Lines that begin with the program's name; one may go on in the next lines. */
function linesIn(code: string): readonly string[] {
  const lines = code.split('\n')
  return lines.flatMap((line, at) => {
    let command = /^\s*(?:\$ |npx )?clickpath (.*)/.exec(line)?.[1]
    if (command === undefined) return []
    for (let next = at + 1; isOpen(command) && next < lines.length; next += 1) {
      command = `${command.replace(/\\$/, '')} ${lines[next]?.trim()}`
    }
    return [command]
  })
}

const FENCED = /^```.*?^```/gms
const inlineIn = (text: string) =>
  [...text.replace(FENCED, '').matchAll(/`(?:npx )?clickpath ([^`…]+)`/g)].map(
    ([, command = '']) => command,
  )

/**
 * What the program has against a line; `whole` lines are run, of others the names are read. Folders
 * of a machine lie within ours; a failure without a word is a finding (of `doctor`), no mistake.
 */
async function mistakeOf(line: string, how: 'whole' | 'names', config: readonly string[]) {
  const words = wordsOf(line).map((word) => (word.startsWith('/') ? join(folder, word) : word))
  const [name = '', ...others] = words
  const isRun = how === 'whole' && !ONLY_READ.has(name)
  const more = questions.includes(name) ? ['--explain'] : isRun ? [] : ['--help']
  const { code, stderr } = await runHere([name, ...more, ...config, ...others], folder)
  if (code === 0 || (isRun && code === 1 && (stderr === '' || NO_FILE.test(stderr)))) return []
  return [`clickpath ${line}\n  ${stderr}`]
}

const none = (mistakes: readonly string[]) =>
  assert.ok(mistakes.length === 0, `\n${mistakes.join('\n')}`)

for (const { path, text } of pages) {
  const [whole, inline] = [linesIn(text), inlineIn(text)]
  if (whole.length + inline.length === 0) continue
  test(`the commands of ${path} can be typed as they stand there`, async () => {
    const shown = /^```ts\n(.*?defineConfig.*?)^```/ms.exec(text)?.[1]
    const file = join(folder, `${path.replaceAll('/', '_')}.ts`)
    if (shown !== undefined) writeFileSync(file, shown)
    const config = shown === undefined ? [] : ['--config', file]
    const mistakes = []
    for (const line of new Set(whole)) mistakes.push(...(await mistakeOf(line, 'whole', config)))
    for (const line of new Set(inline)) mistakes.push(...(await mistakeOf(line, 'names', config)))
    none(mistakes)
  })
}

test('the examples of every help can be typed as they stand there', async () => {
  const { stdout } = await runHere(['--help'])
  const names = [...stdout.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name = '']) => name)
  assert.ok(names.length > questions.length, stdout)
  const mistakes = []
  for (const name of names) {
    const help = (await runHere(['help', name])).stdout
    for (const line of linesIn(help.split('\nexamples:')[1] ?? '')) {
      mistakes.push(...(await mistakeOf(line, 'whole', [])))
    }
  }
  none(mistakes)
})

test('every npm script that a page names is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => ({ path, name })),
  )
  none(named.filter(({ name }) => !(name in scripts)).map(({ path, name }) => `${path}: ${name}`))
})
