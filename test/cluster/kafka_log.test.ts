/** The log in Kafka keeps the log's contract: what the file log's tests ask, where it applies. */
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import type { Keys, Offsets } from '../../src/log/contract.ts'
import { realFiles } from '../../src/log/files/file_system.ts'
import { giveUp } from '../../src/log/files/given_up.ts'
import { givenUpDirectory } from '../../src/log/kafka/reader.ts'
import { after, lines, NO_LIMITS, namesIn, readAll } from '../log/lanes.ts'
import {
  lengthOf,
  newTopic,
  openReader,
  openWriter,
  produce,
  temporaryFolder,
  trialBroker,
  withAdmin,
} from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'

const TINY_LIMITS = { records_max: 1, bytes_max: 1 }

describe('the log in Kafka', { skip: await whyNot() }, () => {
  const broker = trialBroker(22_200)

  before(() => broker.start())

  test('gives back what was appended, those of one key in one lane and in order', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address)
    const keys: Keys = ['ada', 'bob', 'cy']
    const names = Array.from({ length: 300 }, (_, at) => `${keys[at % 3]}-${at}`)
    for (let at = 0; at < names.length; at += 30) {
      const some = names.slice(at, at + 30)
      const answer = await writer.append(
        lines(...some),
        some.length,
        some.map((name) => name.split('-')[0] ?? null),
      )
      assert.equal(answer.count, 30)
    }
    await writer.close()
    const given = await readAll(await openReader(t, address))
    assert.equal([...given.values()].flat().length, 300)
    for (const key of keys) {
      const lanes = [...given.values()].filter((all) =>
        all.some((name) => name.startsWith(`${key}-`)),
      )
      assert.equal(lanes.length, 1, 'all of a key are in one lane')
      const of = lanes.flat().filter((name) => name.startsWith(`${key}-`))
      assert.deepEqual(
        of,
        names.filter((name) => name.startsWith(`${key}-`)),
      )
    }
  })

  test('makes a topic that keeps its promises, and leaves one that is there as it is', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { kafka_partitions: 4 })
    await (await openWriter(address, { kafka_partitions: 9 })).close()
    await writer.close()
    assert.equal((await (await openReader(t, address)).lanes()).length, 4)
    const [described] = await withAdmin(address, (admin) =>
      admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: address.topic }] }),
    )
    const configs = new Map(described?.configs.map(({ name, value }) => [name, value]))
    assert.equal(configs.get('retention.ms'), '-1')
    assert.equal(configs.get('cleanup.policy'), 'delete')
    assert.equal(configs.get('flush.messages'), '1')
  })

  test('goes on where it ended when it is opened again', async (t) => {
    const address = newTopic(broker)
    for (const name of ['one', 'two', 'three']) {
      const writer = await openWriter(address)
      await writer.append(lines(name), 1, ['key'])
      await writer.close()
    }
    const given = await readAll(await openReader(t, address))
    assert.deepEqual([...given.values()].flat(), ['one', 'two', 'three'])
  })

  test('writes the appends that wait together as one batch', async () => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { kafka_partitions: 1 })
    const first = writer.append(lines('first'), 1)
    const numbers = Array.from({ length: 200 }, (_, number) => number)
    const answers = await Promise.all(numbers.map((number) => writer.append(lines(number), 1)))
    await first
    assert.deepEqual(
      answers.map(({ first_position }) => first_position),
      numbers.map((number) => number + 1),
    )
    await writer.close()
    assert.ok((await batchesIn(address)) <= 3, 'two hundred appends were two batches, or three')
  })

  test('several writers at once lose nothing and double nothing', async (t) => {
    const address = newTopic(broker)
    const writers = await Promise.all([1, 2, 3].map(() => openWriter(address)))
    await Promise.all(
      writers.flatMap((writer, who) =>
        Array.from({ length: 40 }, async (_, at) => {
          const name = `${who}-${at}`
          await writer.append(lines(name, `${name}b`), 2, [name, null])
        }),
      ),
    )
    await Promise.all(writers.map((writer) => writer.close()))
    const given = [...(await readAll(await openReader(t, address))).values()].flat()
    assert.equal(given.length, 240)
    assert.equal(new Set(given).size, 240)
  })

  test('refuses lines that could not be read back, and a record larger than the topic takes', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address)
    t.after(() => writer.close())
    await assert.rejects(writer.append(Buffer.from('{"record":"event"}'), 1), TypeError)
    await assert.rejects(writer.append(Buffer.alloc(0), 1), TypeError)
    await assert.rejects(writer.append(lines('one'), 0), TypeError)
    await assert.rejects(writer.append(lines('one', 'two'), 1), TypeError)
    await assert.rejects(writer.append(lines('one'), 1, ['a', 'b']), TypeError)
    await assert.rejects(writer.append(lines('x'.repeat(9_000_000)), 1), { code: 'BAD_REQUEST' })
    assert.equal((await writer.append(lines('good'), 1)).count, 1)
    assert.equal(await lengthOf(await openReader(t, address)), 1)
  })

  test('takes an append of many batches whole', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { kafka_partitions: 2 })
    const names = Array.from({ length: 60_000 }, (_, at) => `name-${at}-${'x'.repeat(40)}`)
    await writer.append(lines(...names), names.length, names)
    await writer.close()
    const given = [...(await readAll(await openReader(t, address))).values()].flat()
    assert.equal(given.length, names.length)
    assert.equal(new Set(given).size, names.length)
  })

  test('refuses what is beyond the bound of what may wait, and takes it afterwards', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { append_queue_bytes_max: 1_000 })
    t.after(() => writer.close())
    const large = lines('x'.repeat(5_000))
    const first = writer.append(large, 1)
    assert.match(writer.refusal() ?? '', /bytes wait for Kafka/)
    await assert.rejects(writer.append(lines('more'), 1), { code: 'LOG_FULL' })
    await first
    assert.equal(writer.refusal(), null)
    await writer.append(lines('more'), 1)
    assert.equal(writer.waiting_bytes, 0)
  })

  test('writes what already waits when it is closed, and refuses what comes later', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address)
    const waiting = writer.append(lines('waiting'), 1)
    const closed = writer.close()
    await assert.rejects(writer.append(lines('late'), 1), { code: 'LOG_FAILED' })
    assert.equal((await waiting).count, 1)
    await closed
    assert.equal(await lengthOf(await openReader(t, address)), 1)
  })

  test('has no lanes where nobody has written, and sees the topic when it is made', async (t) => {
    const address = newTopic(broker)
    const log = await openReader(t, address)
    assert.deepEqual(await log.lanes(), [])
    assert.deepEqual(await log.read(new Map(), NO_LIMITS), [])
    const writer = await openWriter(address)
    await writer.append(lines('one'), 1)
    await writer.close()
    assert.equal(await lengthOf(log), 1)
    assert.deepEqual([...(await readAll(log)).values()].flat(), ['one'])
  })

  test('gives the same in small steps and in one, and every lane its turn', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address)
    const names = Array.from({ length: 40 }, (_, at) => `n${at}`)
    await writer.append(lines(...names), names.length, names)
    await writer.close()
    const log = await openReader(t, address)
    const whole = await readAll(log)
    assert.equal(whole.size, 3)
    const served: string[] = []
    let offsets: Offsets = new Map()
    for (let turn = 0; turn < 3; turn++) {
      const slices = await log.read(offsets, TINY_LIMITS)
      assert.deepEqual(
        slices.map(({ count }) => count),
        [1],
      )
      served.push(...slices.map(({ lane }) => lane))
      offsets = after(offsets, slices)
    }
    assert.deepEqual(served.toSorted(), ['0', '1', '2'])
    assert.deepEqual(await readAll(log, { ...NO_LIMITS, records_max: 7 }), whole)
    const some = await log.read(new Map(), { ...NO_LIMITS, records_max: 7 })
    assert.ok(some.reduce((sum, { count }) => sum + count, 0) <= 7)
  })

  test('goes on from any position after a restart', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { kafka_partitions: 1 })
    await writer.append(lines('a', 'b', 'c'), 3)
    await writer.append(lines('d', 'e'), 2)
    await writer.close()
    for (const [position, rest] of [...'abcde'].entries()) {
      const log = await openReader(t, address)
      const [slice] = await log.read(new Map([['0', position]]), TINY_LIMITS)
      assert.deepEqual(slice && (await namesIn(slice)), [rest])
      assert.equal(slice?.first_position, position)
    }
  })

  test('tells what retention took, gives the other lanes, and goes on when it is given up', async (t) => {
    const address = newTopic(broker)
    const data = await temporaryFolder(t)
    const writer = await openWriter(address, { kafka_partitions: 2 })
    const names = Array.from({ length: 40 }, (_, at) => `n${at}`)
    await writer.append(lines(...names), names.length, names)
    await writer.close()
    const partitions = [{ partition: 0, offset: 5n }]
    await withAdmin(address, (admin) =>
      admin.deleteRecords({ topics: [{ name: address.topic, partitions }] }),
    )
    const log = await openReader(t, address, data)
    const given: string[] = []
    let told = 0
    let offsets: Offsets = new Map()
    for (let reads = 0; reads < 4; reads++) {
      const slices = await log.read(offsets, NO_LIMITS).catch((error: Error) => {
        assert.match(
          error.message,
          /Lane 0 of topic .* position 0: .* up to 4.*doctor --skip-damaged/,
        )
        told += 1
        return []
      })
      given.push(...slices.map(({ lane }) => lane))
      offsets = after(offsets, slices)
    }
    assert.deepEqual(given, ['1'])
    assert.ok(told >= 2, `told ${told} times`)

    const [lane] = await log.lanes()
    const directory = givenUpDirectory(join(data, 'kafka'), lane?.writersBefore(1) ?? '', '0')
    await mkdir(directory, { recursive: true })
    const where = { lane: '0', segment: address.topic, reason: 'gone', at: '2026-01-01T00:00:00Z' }
    await giveUp(realFiles, directory, { ...where, from: 0, to: 5 })
    const [slice] = await log.read(offsets, NO_LIMITS)
    assert.equal(slice?.lane, '0')
    assert.equal(slice?.first_position, 5)
    assert.equal((await log.lanes()).find((one) => one.lane === '0')?.lost, 5)
  })

  test('tells what was not written by us', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { kafka_partitions: 1 })
    await writer.append(lines('ours'), 1)
    await produce(address, [{ value: 'two\nlines' }])
    await writer.append(lines('ours too'), 1)
    await writer.close()
    const log = await openReader(t, address)
    const [slice] = await log.read(new Map(), NO_LIMITS)
    assert.deepEqual(slice && (await namesIn(slice)), ['ours'])
    await assert.rejects(log.read(new Map([['0', 1]]), NO_LIMITS), {
      code: 'LOG_GONE',
      message: /position 1: .* whole again from 2 on/,
    })
    const [rest] = await log.read(new Map([['0', 2]]), NO_LIMITS)
    assert.deepEqual(rest && (await namesIn(rest)), ['ours too'])
  })

  test('refuses a topic that is compacted', async () => {
    const address = newTopic(broker)
    const configs = [{ name: 'cleanup.policy', value: 'compact' }]
    await withAdmin(address, (admin) =>
      admin.createTopics({ topics: [address.topic], partitions: 1, replicas: 1, configs }),
    )
    await assert.rejects(openWriter(address), { code: 'KAFKA_TOPIC', message: /compacted/ })
  })

  test('knows a topic that was made anew under the same name as another', async (t) => {
    const address = newTopic(broker)
    const first = await openWriter(address, { kafka_partitions: 1 })
    await first.append(lines('first'), 1)
    await first.close()
    const log = await openReader(t, address)
    const [before] = await log.lanes()
    await withAdmin(address, (admin) => admin.deleteTopics({ topics: [address.topic] }))
    const second = await openWriter(address, { kafka_partitions: 1 })
    await second.append(lines('second'), 1)
    await second.close()
    const [now] = await (await openReader(t, address)).lanes()
    assert.notEqual(now?.writersBefore(1), before?.writersBefore(1))
    await assert.rejects(
      untilItThrows(() => log.lanes()),
      {
        code: 'KAFKA_TOPIC',
        message: /made anew while it was read/,
      },
    )
  })

  test('empties its spool of what a killed reader left, and removes it at close', async (t) => {
    const address = newTopic(broker)
    const data = await temporaryFolder(t)
    await mkdir(join(data, 'spool'), { recursive: true })
    await writeFile(join(data, 'spool', 'left-by-a-kill.ndjson'), 'x')
    const writer = await openWriter(address, { kafka_partitions: 1 })
    await writer.append(lines('one'), 1)
    await writer.close()
    const log = await openReader(t, address, data)
    await log.read(new Map(), NO_LIMITS)
    assert.deepEqual(await readdir(join(data, 'spool')), ['0-00000000000000000000.ndjson'])
    await log.read(new Map([['0', 1]]), NO_LIMITS)
    assert.deepEqual(await readdir(join(data, 'spool')), [])
    await log.close()
    assert.deepEqual(await readdir(data), [])
  })
})

/** What is known of a topic is asked anew every few seconds. */
async function untilItThrows(ask: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await ask()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Batches of the only partition, as Kafka keeps them. */
async function batchesIn(address: ReturnType<typeof newTopic>): Promise<number> {
  const { Consumer } = await import('@platformatic/kafka')
  const consumer = new Consumer({
    clientId: 'test',
    groupId: 'test',
    bootstrapBrokers: [...address.brokers],
  })
  try {
    const metadata = await consumer.metadata({ topics: [address.topic] })
    const where = { partition: 0, fetchOffset: 0n, partitionMaxBytes: 10_000_000 }
    const { responses } = await consumer.fetch({
      node: [...metadata.brokers.keys()][0] ?? 0,
      topics: [
        {
          topicId: metadata.topics.get(address.topic)?.id ?? '',
          partitions: [{ ...where, currentLeaderEpoch: -1, lastFetchedEpoch: -1 }],
        },
      ],
      maxBytes: 10_000_000,
    })
    return responses[0]?.partitions[0]?.records?.length ?? 0
  } finally {
    await consumer.close()
  }
}
