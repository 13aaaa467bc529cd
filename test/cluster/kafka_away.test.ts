/**
 * The log in Kafka while the broker is killed, away, and back, and while its writers are killed:
 * nothing acknowledged is lost, and what was not is known by its id.
 */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { lines, NO_LIMITS, readAll } from '../log/lanes.ts'
import { startAppending } from './kafka_appending_child.ts'
import { idsIn, lengthOf, newTopic, openReader, openWriter, trialBroker } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'

const KILLS = 3
/** How long the broker is away: longer than an append may take, and shorter. */
const AWAY_MS = [3_500, 200, 0]

describe('a broker that is killed', { skip: await whyNot() }, () => {
  const broker = trialBroker(22_300)

  before(() => broker.start())

  test('under load: all that was acknowledged is there once, though it was killed three times', async (t) => {
    const address = newTopic(broker)
    const child = await startAppending(address, 'load')
    t.after(() => child.kill())
    for (const away_ms of AWAY_MS) {
      await child.reached(child.acknowledged.length + 300)
      await broker.kill()
      await sleep(away_ms)
      await broker.restart()
    }
    await child.reached(child.acknowledged.length + 300)
    await child.kill()
    assert.ok(child.refused.has('LOG_SLOW'), 'who waited was told that it may be kept or not')
    assert.ok(child.refused.has('LOG_FULL'), 'who came later was refused')
    assert.ok(!child.refused.has('LOG_FAILED'), 'it went on by itself')
    const held = await idsIn(address)
    const lost = child.acknowledged.filter((id) => !held.has(id))
    assert.deepEqual(lost, [])
    // What timed out and was sent again may stand twice; what passed at once may not.
    const twice = [...held].filter(([, times]) => times > 1)
    assert.ok(twice.length <= 16 * AWAY_MS.length, `${twice.length} ids stand twice`)
  })

  test('a short absence doubles nothing: what is sent again has the same number', async () => {
    const address = newTopic(broker)
    const writer = await openWriter(address, { sync_ms_max: 120_000 })
    const names = Array.from({ length: 400 }, (_, at) => `n${at}`)
    const killed = (async () => {
      await broker.kill()
      await broker.restart()
    })()
    for (let at = 0; at < names.length; at += 4) {
      const some = names.slice(at, at + 4)
      await writer.append(lines(...some), some.length, some)
      if (at % 40 === 0) await sleep(100)
    }
    await killed
    await writer.close()
    const held = await idsIn(address)
    assert.deepEqual(
      [...held].filter(([, times]) => times !== 1),
      [],
    )
    assert.equal(held.size, names.length)
  })

  test('a writer that begins while it is away refuses, and takes when it is back', async () => {
    const address = newTopic(broker)
    await broker.kill()
    const writer = await openWriter(address)
    try {
      assert.match(writer.refusal() ?? '', /Kafka at 127\.0\.0\.1:\d+ does not answer/)
      await assert.rejects(writer.append(lines('early'), 1), { code: 'LOG_FULL' })
      await broker.restart()
      for (let waited = 0; writer.refusal() !== null; waited++) {
        assert.ok(waited < 300, `it refuses still: ${writer.refusal()}`)
        await sleep(100)
      }
      await writer.append(lines('late'), 1)
    } finally {
      await writer.close()
    }
    assert.deepEqual([...(await idsIn(address)).keys()], ['late'])
  })

  test('a reader tells that it is away, and goes on when it is back', async (t) => {
    const address = newTopic(broker)
    const writer = await openWriter(address)
    await writer.append(lines('one', 'two'), 2, ['a', 'b'])
    const log = await openReader(t, address)
    assert.equal((await log.lanes()).length, 3)
    await broker.kill()
    await assert.rejects(log.read(new Map(), NO_LIMITS), { code: 'KAFKA_AWAY' })
    assert.equal(await lengthOf(log), 2, 'what was known is known still')
    const another = await openReader(t, address)
    await assert.rejects(another.lanes(), { code: 'KAFKA_AWAY' })
    await broker.restart()
    const given = await readAll(log)
    assert.deepEqual([...given.values()].flat().toSorted(), ['one', 'two'])
    await writer.append(lines('three'), 1)
    await writer.close()
  })

  test('closing does not wait for a broker that is away', async () => {
    const writer = await openWriter(newTopic(broker), { sync_ms_max: 500 })
    await broker.kill()
    await assert.rejects(writer.append(lines('one'), 1), { code: 'LOG_SLOW' })
    const waits = sleep(5_000, 'still open')
    assert.equal(await Promise.race([writer.close(), waits]), undefined)
    await broker.restart()
  })

  test('holds every acknowledged record exactly once after any number of killed writers', async () => {
    const address = newTopic(broker)
    const acknowledged: string[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await startAppending(address, String(kill))
      await child.reached(150 + kill * 77)
      await child.kill()
      acknowledged.push(...child.acknowledged)
    }
    const held = await idsIn(address)
    assert.deepEqual(
      acknowledged.filter((id) => held.get(id) !== 1),
      [],
    )
    assert.deepEqual(
      [...held].filter(([, times]) => times !== 1),
      [],
    )
    assert.ok(acknowledged.length >= KILLS * 150)
  })
})
