/** The user's own `clickpath.config.ts`, wherever it lies. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findConfig, loadConfig } from '../../src/cli/config.ts'
import { events } from '../../src/model/events.ts'

function folderWith(t: TestContext, name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath config '))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), text)
  return folder
}

const TABLE = `
import { count, defineConfig, events, table, tumbling } from 'clickpath'
const brands: string = 'brand_counts'
export default defineConfig({
  settings: { time_zone: 'Europe/Berlin' },
  tables: [table(brands, {
    answers: 'Which brands are looked at?', from: events, window: tumbling('1 hour'),
    lateness: '10 minutes', by: { brand: events.brand }, measures: { events: count() },
  })],
})
`

test('a config in TypeScript, in any folder, declares tables over our very streams', async (t) => {
  const folder = folderWith(t, 'clickpath.config.ts', TABLE)
  const config = await loadConfig(findConfig(folder, undefined))
  assert.equal(config.settings?.time_zone, 'Europe/Berlin')
  assert.equal(config.tables?.[0]?.name, 'brand_counts')
  assert.equal(config.tables[0].from, events.declaration)
})

test('without a config file everything is as it comes', async (t) => {
  const folder = folderWith(t, 'other.txt', '')
  assert.equal(findConfig(folder, undefined), undefined)
  assert.deepEqual(await loadConfig(undefined), {})
})

test('a config that was named but is not there is an error', async (t) => {
  const folder = folderWith(t, 'other.txt', '')
  const file = findConfig(folder, 'shop.config.ts')
  await assert.rejects(loadConfig(file), { code: 'CONFIG_INVALID', message: /no such file/ })
})

test('a misspelt part is answered with the nearest one', async (t) => {
  const folder = folderWith(t, 'clickpath.config.js', 'export default { table: [] }')
  const loading = loadConfig(findConfig(folder, undefined))
  await assert.rejects(loading, { code: 'CONFIG_INVALID', message: /"table".*did you mean tables/ })
})

test('a config that does not load says why, with its name', async (t) => {
  const folder = folderWith(t, 'clickpath.config.js', 'export default missing')
  const file = findConfig(folder, undefined)
  await assert.rejects(loadConfig(file), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.ok(file !== undefined && error.message.includes(file))
    assert.match(error.message, /missing is not defined/)
    return true
  })
})

test('a config without default export says what is due', async (t) => {
  const folder = folderWith(t, 'clickpath.config.js', 'export const settings = {}')
  const loading = loadConfig(findConfig(folder, undefined))
  await assert.rejects(loading, { code: 'CONFIG_INVALID', message: /export default defineConfig/ })
})
