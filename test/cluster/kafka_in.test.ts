/** Kafka in: topics that a shop fills already, through the same formats, steps and ledger. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { KafkaAddress } from '../../src/log/kafka/address.ts'
import { runHere } from '../cli/surroundings.ts'
import { folder, imported } from '../import/importing.ts'
import { rees46 } from '../real_data.ts'
import { newTopic, produce, trialBroker, urlOf, withAdmin } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'
import { allTables, withTables } from './tables.ts'

const PROGRAM = resolve(import.meta.dirname, '../../bin/clickpath.js')

interface Sums {
  readonly messages: number
  readonly accepted: number
  readonly invalid: number
  readonly filtered: number
}

/** Reads all that the topic holds, by the command itself. */
async function read(
  directory: string,
  address: KafkaAddress,
  format: string,
  ...more: readonly string[]
): Promise<Sums> {
  const from = ['collect', '--from', urlOf(address), '--format', format, '--once', '--json']
  const { code, stdout, stderr } = await runHere([...from, '--data', directory, ...more])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Sums
}

const b1 = (at: number) => ({
  event_id: `evt_${String(at).padStart(8, '0')}`,
  user_id: `user_${at % 20}`,
  product_id: `prod_${at % 7}`,
  event_type: ['view', 'add_to_cart', 'purchase'][at % 3],
  timestamp: `2025-11-29T12:${String(at % 60).padStart(2, '0')}:56.789Z`,
  session_id: `session_${at % 20}`,
  product_category: 'Electronics',
  device_type: 'mobile',
  page_url: '/product/prod_0042',
  price: 299.99,
})

function withoutId(at: number) {
  const { event_id: _, ...rest } = b1(at)
  return rest
}

const asJson = (values: readonly object[]) =>
  values.map((value) => ({ value: JSON.stringify(value) }))

describe('Kafka in', { skip: await whyNot() }, () => {
  const broker = trialBroker(22_600)

  before(() => broker.start())

  const sql = (directory: string, text: string) =>
    withTables(directory, 'files', ({ engine }) => engine.store.rows(text))

  test('lines of REES46 give the tables that the file gives', { skip: rees46.skip }, async (t) => {
    const [fromTopic, fromFile] = [folder(t), folder(t)]
    const address = newTopic(broker)
    const [, ...lines] = gunzipSync(readFileSync(rees46.file))
      .toString('utf8')
      .trim()
      .split(/\r?\n/)
    await produce(
      address,
      lines.map((value) => ({ value })),
    )
    const sums = await read(fromTopic, address, 'rees46')
    const told = await imported(fromFile, rees46.file)
    assert.deepEqual(
      [sums.messages, sums.accepted, sums.invalid],
      [lines.length, told.stored, told.invalid],
    )
    // The ids are others; their order is the same, for they are by place in both.
    const [tables, expected] = [
      await allTables(fromTopic, 'files', ['event_id', 'order_id', 'last_event_id']),
      await allTables(fromFile, 'files', ['event_id', 'order_id', 'last_event_id']),
    ]
    for (const [name, rows] of Object.entries(expected)) assert.deepEqual(tables[name], rows, name)
  })

  test('reads what each kind of program writes, and keeps what is wrong with its reason', async (t) => {
    const address = newTopic(broker)
    const envelope = (id: number) => ({
      ...{ id, type: 'click', package_id: 'p' },
      event: { customer_id: 12_345, timestamp: '2024-01-15T10:30:00Z', page: '/home' },
    })
    const cases: Readonly<Record<string, readonly object[]>> = {
      b1: Array.from({ length: 30 }, (_, at) => b1(at)),
      collect: [envelope(1), envelope(2), { id: 3, type: 'click' }],
      segment: [{ type: 'track', event: 'Product Viewed', userId: 'u', messageId: 'm1' }],
    }
    const expected = { b1: [30, 0], collect: [2, 1], segment: [1, 0] }
    for (const [format, values] of Object.entries(cases)) {
      const own = { ...address, topic: `${address.topic}_${format}` }
      await produce(own, asJson(values))
      const directory = folder(t)
      const { accepted, invalid } = await read(directory, own, format)
      assert.deepEqual([accepted, invalid], expected[format as keyof typeof expected], format)
      const [events] = await sql(directory, 'SELECT count(*) AS n FROM events')
      assert.equal(events?.n, accepted)
    }
  })

  test('a store tells its six streams in one topic', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    const at = '2026-01-05T09:00:00Z'
    const who = { customer_id: 'c1', product_id: 'p1' }
    await produce(
      address,
      asJson([
        { customer_id: 'c1', name: 'Ada', gender: 'female', age: 36, last_login: at },
        { product_id: 'p1', name: 'Kettle', category: 'kitchen', price: 29.9, stock_quantity: 12 },
        { transaction_id: 't1', ...who, quantity: 2, price: 29.9, date_time: at },
        { view_id: 'v1', ...who, timestamp: at },
        { interaction_id: 'i1', interaction_type: 'wishlist_addition', ...who, timestamp: at },
        {
          ...{ interaction_id: 'i2', interaction_type: 'review', ...who, timestamp: at },
          details: { rating: 5, review_text: 'Boils.' },
        },
        { log_id: 'l1', level: 'ERROR', service: 'payments', message: 'declined', timestamp: at },
      ]),
    )
    const { accepted, invalid } = await read(directory, address, 'store')
    assert.deepEqual([accepted, invalid], [7, 0])
    const events = await sql(
      directory,
      'SELECT event_type, event_id, rating FROM events ORDER BY event_type',
    )
    assert.deepEqual(events, [
      { event_type: 'login', event_id: `login-c1-${at}`, rating: null },
      { event_type: 'purchase', event_id: 't1-purchase', rating: null },
      { event_type: 'review', event_id: 'i2', rating: 5 },
      { event_type: 'view', event_id: 'v1', rating: null },
      { event_type: 'wishlist', event_id: 'i1', rating: null },
    ])
    const [product] = await sql(directory, 'SELECT product_name, stock FROM products')
    assert.deepEqual(product, { product_name: 'Kettle', stock: 12 })
    const [customer] = await sql(directory, 'SELECT customer_name, age FROM customers')
    assert.deepEqual(customer, { customer_name: 'Ada', age: 36 })
    assert.equal((await sql(directory, 'SELECT * FROM logs')).length, 1)
  })

  test('goes on where it ended, and reading all again counts nothing twice', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    const anonymous = (count: number, first = 0) =>
      // Without ids, and each like another: their places tell them apart.
      Array.from({ length: count }, (_, at) => withoutId((first + at) % 5))
    await produce(address, asJson(anonymous(50)))
    assert.equal((await read(directory, address, 'b1')).accepted, 50)
    await produce(address, asJson([...anonymous(20), { nothing: 'known' }]))
    const second = await read(directory, address, 'b1')
    assert.deepEqual([second.messages, second.accepted, second.invalid], [21, 20, 1])
    assert.equal((await read(directory, address, 'b1')).messages, 0)
    const all = await read(directory, address, 'b1', '--from-beginning')
    assert.equal(all.messages, 71)
    const [ledger] = await sql(directory, 'SELECT stored, duplicate, received, invalid FROM ledger')
    assert.deepEqual(ledger, { stored: 70, duplicate: 70, received: 142, invalid: 2 })
    const others = await read(directory, address, 'b1', '--from-end', '--group', 'another')
    assert.equal(others.messages, 0)
  })

  test('what has no time happened when its message was written', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    await produce(address, asJson([{ event_type: 'view', user_id: 'u1', product_id: 'p1' }]))
    await read(directory, address, 'native')
    await sleep(20)
    await read(directory, address, 'native', '--from-beginning')
    const [event] = await sql(
      directory,
      'SELECT event_time < received_at AS before, count(*) OVER () AS n FROM events',
    )
    assert.deepEqual(event, { before: true, n: 1 })
  })

  test('killed in the middle it reads some of it again and stores each event once', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    const count = 30_000
    const values = Array.from({ length: count }, (_, at) => {
      return { value: JSON.stringify(withoutId(at)), partition: at % 3 }
    })
    await produce(address, values, 3)
    const from = ['collect', '--from', urlOf(address), '--format', 'b1', '--data', directory]
    let read_so_far = 0n
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, [PROGRAM, ...from])
      for (const due = read_so_far + 4_000n; ; await sleep(5)) {
        read_so_far = await committedOf(address)
        if (read_so_far >= due) break
        assert.equal(child.exitCode, null, 'it ended by itself')
      }
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    assert.ok(read_so_far < BigInt(count), 'it was killed before the end')
    await read(directory, address, 'b1')
    const [ledger] = await sql(directory, 'SELECT sum(stored) AS stored FROM ledger')
    assert.deepEqual(ledger, { stored: count })
    const [ids] = await sql(directory, 'SELECT count(DISTINCT event_id) AS n FROM events')
    assert.deepEqual(ids, { n: count })
  })

  test('two of one group share a topic and store each event once', async (t) => {
    const address = newTopic(broker)
    const [one, other] = [folder(t), folder(t)]
    const log = ['--log', urlOf(newTopic(broker))]
    const from = ['collect', '--from', urlOf(address), '--format', 'b1', ...log]
    const values = (first: number) =>
      Array.from({ length: 3_000 }, (_, at) => {
        return { value: JSON.stringify(b1(first + at)), partition: at % 4 }
      })
    await produce(address, values(0), 4)
    const children = [one, other].map((directory) =>
      spawn(process.execPath, [PROGRAM, ...from, '--data', directory], { stdio: 'ignore' }),
    )
    await produce(address, values(3_000))
    while ((await committedOf(address)) < 6_000n) await sleep(50)
    for (const child of children) {
      child.kill('SIGTERM')
      const [code] = await once(child, 'close')
      assert.equal(code, 0, 'it ended in good order')
    }
    const stored = await withTables(one, log[1] ?? '', ({ engine }) =>
      engine.store.rows('SELECT count(*) AS n, count(DISTINCT event_id) AS ids FROM events'),
    )
    assert.deepEqual(stored, [{ n: 6_000, ids: 6_000 }])
  })

  test('a broker that comes back is read on, nothing lost', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    await produce(address, asJson(Array.from({ length: 500 }, (_, at) => b1(at))))
    const from = ['collect', '--from', urlOf(address), '--format', 'b1', '--data', directory]
    const child = spawn(process.execPath, [PROGRAM, ...from], { stdio: 'ignore' })
    t.after(() => child.kill('SIGKILL'))
    while ((await committedOf(address)) < 500n) await sleep(50)
    await broker.kill()
    await broker.restart()
    await produce(address, asJson(Array.from({ length: 500 }, (_, at) => b1(500 + at))))
    while ((await committedOf(address)) < 1_000n) {
      assert.equal(child.exitCode, null, 'it ended by itself')
      await sleep(50)
    }
    child.kill('SIGTERM')
    await once(child, 'close')
    const [ledger] = await sql(directory, 'SELECT sum(stored) AS stored FROM ledger')
    assert.deepEqual(ledger, { stored: 1_000 })
  })

  test('tells what was deleted before it was read, and goes on when asked to', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    await produce(address, asJson([b1(1), b1(2)]))
    await read(directory, address, 'b1')
    await produce(address, asJson([b1(3), b1(4), b1(5)]))
    const topics = [{ name: address.topic, partitions: [{ partition: 0, offset: 4n }] }]
    await withAdmin(address, (admin) => admin.deleteRecords({ topics }))
    await assert.rejects(read(directory, address, 'b1'), /messages 2 to 3 .* --from-beginning/)
    assert.equal((await read(directory, address, 'b1', '--from-beginning')).accepted, 1)
  })

  test('asked wrongly, it says what would be right', async (t) => {
    const address = newTopic(broker)
    const directory = folder(t)
    await assert.rejects(read(directory, address, 'b1'), /KAFKA_TOPIC.*there is none/)
    await assert.rejects(read(directory, address, 'csv'), /--format is csv; it must be one of/)
    const without = await runHere(['collect', '--format', 'b1', '--data', directory])
    assert.match(without.stderr, /--format: only with --from/)
    const log = ['--log', urlOf(address)]
    await assert.rejects(read(directory, address, 'b1', ...log), /is the log itself/)
    const wrong = await runHere(['collect', '--from', 'kafka://x', '--format', 'b1'])
    assert.match(wrong.stderr, /no address of a topic; write it like kafka:\/\/host:9092/)
  })

  /** How many messages Kafka has been told to be read, in all groups of the test's kind. */
  async function committedOf({ topic, brokers }: KafkaAddress): Promise<bigint> {
    const partitionIndexes = [0, 1, 2, 3]
    return withAdmin({ topic, brokers }, async (admin) => {
      const [told] = await admin
        .listConsumerGroupOffsets({
          groups: [{ groupId: `clickpath-${topic}`, topics: [{ name: topic, partitionIndexes }] }],
        })
        .catch(() => [])
      const found = told?.topics.flatMap(({ partitions }) => partitions) ?? []
      return found.reduce((sum, { committedOffset }) => {
        return sum + (committedOffset > 0n ? committedOffset : 0n)
      }, 0n)
    })
  }
})
