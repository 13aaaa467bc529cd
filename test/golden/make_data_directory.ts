/**
 * `node test/golden/make_data_directory.ts`: makes the golden data directory of this version, which
 * every later version must open. A whole `clickpath up` is told golden scenarios over HTTP and
 * imports a file; what it leaves is kept below `data_directory/VERSION/data`, the store compressed.
 * What the tables must say is computed by the oracle. It is made once, when a version is released:
 * `--again` replaces one that is there.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { runToEnd, startUp } from '../cli/up_process.ts'
import { REES46_HEAD } from '../import/importing.ts'
import type { OracleTable } from '../oracle/columns.ts'
import type { OracleEvent } from '../oracle/event.ts'
import { readRees46 } from '../oracle/rees46.ts'
import { oracleTables } from '../oracle/tables.ts'
import { DATA_DIRECTORIES, KEYS, STORE } from './data_directory.ts'
import { type GoldenRecord, readScenario } from './scenario.ts'
import { writeRows } from './write.ts'

const TABLES: readonly OracleTable[] = [
  'event_windows_5m',
  'hourly_pivot',
  'category_counts',
  'product_conversion',
  'product_sales',
  'revenue_1h',
  'orders',
  'sessions',
]
const HISTORY = `${REES46_HEAD}
2019-10-01 09:00:00 UTC,view,mug,1,kitchen,acme,8.00,u-1,visit-1
2019-10-01 09:01:00 UTC,cart,mug,1,kitchen,acme,8.00,u-1,visit-1
2019-10-01 09:02:00 UTC,purchase,mug,1,kitchen,acme,8.00,u-1,visit-1
2019-10-02 10:00:00 UTC,view,lamp,2,,,35.50,u-2,visit-2
`

/** Two scenarios, whose ids are made to differ. */
function liveEvents(): readonly OracleEvent[] {
  return ['shopping_trip', 'orders'].flatMap((name) =>
    readScenario(name)
      .batches.flat()
      .map(({ record }) => record as unknown as OracleEvent)
      .filter(({ source }) => source in KEYS)
      .map((event) => ({ ...event, event_id: `${name}-${event.event_id}` })),
  )
}

function historyEvents(file: string): readonly OracleEvent[] {
  const identity = createHash('sha256').update(HISTORY).digest('hex').slice(0, 16)
  return readRees46(file, { eventIdOf: (row) => `${identity}-${String(row).padStart(12, '0')}` })
}

/** Answers how many were refused. */
async function send(url: string, path: string, key: string, body: unknown): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  assert.equal(response.status, 200)
  return ((await response.json()) as { readonly invalid: number }).invalid
}

async function sendAll(url: string, events: readonly OracleEvent[]): Promise<void> {
  for (const [source, key] of Object.entries(KEYS)) {
    const own = events.filter((event) => event.source === source)
    const sent = own.map(({ source: _, event_time, ...event }) => {
      const { record: __, received_at: ___, origin: ____, ...told } = event as GoldenRecord
      return { ...told, timestamp: event_time }
    })
    assert.equal(await send(url, '/v1/events', key, sent), 0)
  }
  await send(url, '/v1/products', KEYS.web, { product_id: 'mug', name: 'Mug', price: 8 })
  await send(url, '/v1/customers', KEYS.web, { user_id: 'ada@shop.example', name: 'Ada' })
  const invalid = { user_id: 'ada', note: 'it has no type' }
  assert.equal(await send(url, '/v1/events', KEYS.web, invalid), 1)
}

async function untilStored(url: string, events: number): Promise<void> {
  for (let waited_ms = 0; waited_ms < 20_000; waited_ms += 50) {
    const ledger = await (await fetch(`${url}/api/ledger`)).json().catch(() => null)
    const { totals } = ledger as { totals?: { stored: number; pending: number } }
    if (totals && totals.stored >= events && totals.pending === 0) return
    await sleep(50)
  }
  throw new Error('The events did not come into the tables.')
}

/** Fills the folder; answers all events that it holds. */
async function fill(directory: string): Promise<readonly OracleEvent[]> {
  const keys = Object.entries(KEYS).map(([source, key]) => {
    return [key, { source, kind: source === 'shop' ? 'server' : 'browser' }]
  })
  writeFileSync(join(directory, 'keys.json'), `${JSON.stringify(Object.fromEntries(keys))}\n`)
  const live = liveEvents()
  const up = await startUp(directory, ['--log-reserve-mb', '0'])
  try {
    await sendAll(up.url, live)
    const file = join(directory, 'history.csv')
    writeFileSync(file, HISTORY)
    const imported = await runToEnd(['import', file, '--data', directory, '--format', 'rees46'])
    assert.equal(imported.code, 0, imported.stderr)
    const history = historyEvents(file)
    rmSync(file)
    await untilStored(up.url, live.length + history.length)
    return [...live, ...history]
  } finally {
    up.signal('SIGTERM')
    await up.ended()
  }
}

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
const target = join(DATA_DIRECTORIES, version)
if (existsSync(target) && !process.argv.includes('--again')) {
  throw new Error(`There is a data directory of ${version}; --again replaces it.`)
}
const directory = mkdtempSync(join(tmpdir(), 'clickpath-golden-'))
try {
  const tables = oracleTables(await fill(directory))
  const store = join(directory, STORE)
  writeFileSync(`${store}.gz`, gzipSync(readFileSync(store), { level: 9 }))
  for (const file of globSync('log/*/import.json', { cwd: directory })) {
    const manifest = readFileSync(join(directory, file), 'utf8')
    writeFileSync(join(directory, file), manifest.replace(`${directory}/`, ''))
  }
  for (const left of [store, `${store}.wal`, join(directory, 'run')]) {
    rmSync(left, { recursive: true, force: true })
  }
  rmSync(target, { recursive: true, force: true })
  cpSync(directory, join(target, 'data'), { recursive: true })
  mkdirSync(join(target, 'expected'))
  for (const name of TABLES) writeRows(join(target, 'expected', `${name}.ndjson`), tables[name])
} finally {
  rmSync(directory, { recursive: true, force: true })
}
