/** The Spark Connect client stands alone, and its messages are those of its .proto files. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { test } from 'node:test'

const ROOT = resolve(import.meta.dirname, '../..')
const CLIENT = join(ROOT, 'src/engine/spark/connect')
const sources = (folder: string, pattern: string): ReadonlyMap<string, string> =>
  new Map(
    globSync(pattern, { cwd: folder })
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  )

test('the client knows nothing of the product around it', () => {
  const outside = [...sources(CLIENT, '**/*.ts')].flatMap(([path, text]) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)]
      .map(([, target = '']) => target)
      .filter((target) => target.startsWith('.') && !resolves(path, target))
      .map((target) => `${path}: ${target}`),
  )
  assert.deepEqual(outside, [])
})

const resolves = (path: string, target: string): boolean =>
  resolve(CLIENT, path, '..', target).startsWith(`${CLIENT}/`)

test('the generated messages are what the .proto files say; `npm run proto` makes them anew', (t) => {
  const fresh = mkdtempSync(join(tmpdir(), 'clickpath-proto-'))
  t.after(() => rmSync(fresh, { recursive: true, force: true }))
  const bin = join(ROOT, 'node_modules/.bin')
  const proto = join(CLIENT, 'proto')
  // The template writes beside the folder that it is told to write to.
  const output = join(fresh, 'proto')
  const made = spawnSync(
    process.execPath,
    [
      join(ROOT, 'node_modules/@bufbuild/buf/bin/buf'),
      ...['generate', proto, '--template', join(proto, 'buf.gen.yaml'), '--output', output],
    ],
    { env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) }, encoding: 'utf8' },
  )
  assert.equal(made.status, 0, made.stderr)
  const now = sources(join(CLIENT, 'generated'), '*')
  assert.deepEqual(now, sources(join(fresh, 'generated'), '*'))
  assert.ok(now.size > 0)
})
