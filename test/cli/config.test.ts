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

const visits = (name: string) => `
import { count, defineConfig, events, session, table } from 'clickpath'
export default defineConfig({ tables: [table('${name}', {
  answers: 'How long are visits?', from: events, window: session(60_000), lateness: '1 minute',
  by: { visitor_id: events.visitor_id }, measures: { events: count(), carts: count() },
})] })
`

test('a table in place of sessions must have what the questions read of it', async (t) => {
  const other = folderWith(t, 'clickpath.config.ts', visits('visits'))
  assert.equal((await loadConfig(findConfig(other, undefined))).tables?.length, 1)
  const folder = folderWith(t, 'clickpath.config.ts', visits('sessions'))
  await assert.rejects(loadConfig(findConfig(folder, undefined)), (error: Error) => {
    assert.match(error.message, /sessions lacks session_id \(text\), .*step_types \(list\)/)
    assert.doesNotMatch(error.message, /visitor_id|carts/)
    return true
  })
})

test('a table may not be called like something else that can be queried', async (t) => {
  for (const name of ['events', 'customer_features']) {
    const folder = folderWith(t, 'clickpath.config.ts', visits(name))
    const loading = loadConfig(findConfig(folder, undefined))
    await assert.rejects(loading, { code: 'CONFIG_INVALID', message: /choose another name/ })
  }
})
