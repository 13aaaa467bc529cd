/** The log on three brokers: what one of them may lose, and what two may not. */
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startAppending } from './kafka_appending_child.ts'
import { idsIn, newTopic, openReader, trialBroker, withAdmin } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'

describe('three brokers', { skip: await whyNot() }, () => {
  const brokers = trialBroker(22_700, 3)

  before(() => brokers.start())

  test('a record is on two of three before it is acknowledged', async () => {
    const address = newTopic(brokers)
    const child = await startAppending(address, 'any')
    await child.kill()
    const [described] = await withAdmin(address, (admin) =>
      admin.describeConfigs({ resources: [{ resourceType: 2, resourceName: address.topic }] }),
    )
    const configs = new Map(described?.configs.map(({ name, value }) => [name, value]))
    assert.equal(configs.get('min.insync.replicas'), '2')
    const { topics } = await withAdmin(address, (admin) =>
      admin.metadata({ topics: [address.topic] }),
    )
    const partitions = topics.get(address.topic)?.partitions ?? []
    assert.ok(partitions.length > 0 && partitions.every(({ replicas }) => replicas.length === 3))
  })

  test('goes on without one broker, waits without two, and loses nothing either way', async (t) => {
    const address = newTopic(brokers)
    const child = await startAppending(address, 'load')
    t.after(() => child.kill())
    const log = await openReader(t, address)
    for (const number of [1, 2, 3]) {
      await child.reached(child.acknowledged.length + 300)
      await brokers.kill(number)
      await child.reached(child.acknowledged.length + 300)
      assert.equal((await log.lanes()).length, 3)
      await brokers.restart(number)
    }
    await brokers.kill(1)
    await brokers.kill(2)
    const before = child.acknowledged.length
    await sleep(4_000)
    const during = child.acknowledged.length - before
    // Both at once: each is ready when it knows all.
    await brokers.start()
    await child.reached(child.acknowledged.length + 300)
    await child.kill()
    assert.ok(during < 100, `${during} were acknowledged with one broker left`)
    assert.ok(!child.refused.has('LOG_FAILED'), 'it went on by itself')
    const held = await idsIn(address)
    assert.deepEqual(
      child.acknowledged.filter((id) => !held.has(id)),
      [],
    )
  })
})
