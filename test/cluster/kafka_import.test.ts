/** An import into Kafka gives the tables that one into files gives, also when it was killed. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../src/log/contract.ts'
import { startUp } from '../cli/up_process.ts'
import {
  counts,
  fileOf,
  folder,
  imported,
  REES46_HEAD,
  rees46Row,
  type Told,
} from '../import/importing.ts'
import { rees46 } from '../real_data.ts'
import { lengthOf, newTopic, openReader, trialBroker, urlOf } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'
import { allTables, withTables } from './tables.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')
const ROWS = 20_000
const WRONG = 500

/** Some of them are wrong, in ways that a row can be. */
const rows = Array.from({ length: ROWS }, (_, at) =>
  rees46Row({
    product_id: `p${at % 97}`,
    price: at % (ROWS / WRONG) === 7 ? 'dear' : `${at}`,
    user_id: `u${at % 311}`,
    user_session: `s${at % 500}`,
  }),
)

/** Ends the process hard once the topic has so many records more; whether it came to that. */
async function killAfter(child: ChildProcess, log: Log, more: number): Promise<boolean> {
  const due = (await lengthOf(log)) + more
  while (child.exitCode === null && (await lengthOf(log)) < due) await sleep(1)
  if (child.exitCode !== null) return false
  child.kill('SIGKILL')
  await once(child, 'close')
  return true
}

describe('an import into Kafka', { skip: await whyNot() }, () => {
  const broker = trialBroker(22_500)

  before(() => broker.start())

  test('gives every table as an import into files does', { skip: rees46.skip }, async (t) => {
    const [inKafka, inFiles] = [folder(t), folder(t)]
    const url = urlOf(newTopic(broker))
    const told = await imported(inKafka, rees46.file, '--log', url)
    const due = await imported(inFiles, rees46.file)
    assert.deepEqual(counts(told), counts(due))
    const [tables, expected] = [await allTables(inKafka, url), await allTables(inFiles, 'files')]
    assert.ok(Object.keys(tables).length > 10)
    for (const [name, lines] of Object.entries(expected)) {
      assert.deepEqual(tables[name], lines, name)
    }
  })

  test('killed again and again it gives every row once, and every refused one', async (t) => {
    const directory = folder(t)
    const file = fileOf(t, [REES46_HEAD, ...rows])
    const address = newTopic(broker)
    const log = await openReader(t, address)
    const args = ['--format', 'rees46', '--data', directory, '--log', urlOf(address)]
    const small = ['--batch-records-max', '2000', '--log-reserve-mb', '0']
    for (const more of [300, 5_000, 2_500]) {
      const child = spawn(process.execPath, [PROGRAM, 'import', file, ...args, ...small])
      assert.equal(await killAfter(child, log, more), true)
    }
    const last = await imported(directory, file, ...args)
    assert.ok(last.continued_at > 0 && last.continued_at < ROWS, `${last.continued_at}`)
    assert.equal(await lengthOf(log), ROWS, 'nothing was sent twice')
    const stored = ROWS - WRONG
    assert.deepEqual(counts(last), { received: ROWS, stored, duplicate: 0, invalid: WRONG })
    const [all] = await withTables(directory, urlOf(address), ({ engine }) =>
      engine.store.rows('SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events'),
    )
    assert.deepEqual(all, { n: stored, ids: stored })
    const again = await imported(directory, file, ...args)
    assert.deepEqual(counts(again), {
      received: ROWS,
      stored: 0,
      duplicate: stored,
      invalid: WRONG,
    })
  })

  test('goes through the server that runs on the data folder', async (t) => {
    const directory = folder(t)
    const log = ['--log', urlOf(newTopic(broker))]
    const up = await startUp(directory, [...log, '--log-reserve-mb', '0'])
    const file = fileOf(t, [REES46_HEAD, ...rows.slice(0, 3_000)])
    const told: Told = await imported(directory, file, ...log)
    assert.equal(told.stored + told.invalid, 3_000)
    up.signal('SIGTERM')
    assert.equal((await up.ended()).code, 0)
  })
})
