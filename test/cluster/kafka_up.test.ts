/**
 * `clickpath up` with its log in Kafka and its tables in DuckDB: killed in every part while it is
 * sent to, all that was acknowledged is in the tables once, and they are what a reducer makes of
 * it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Status } from '../../src/serve/status.ts'
import { dataFolder, runToEnd, startUp } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { ask, check, sayFindings, untilVisible } from '../promises/checks.ts'
import { Client } from '../promises/client.ts'
import { newTopic, trialBroker, urlOf, withAdmin } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'

const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const FLAGS = ['--log-reserve-mb', '0', '--threads', '1', '--memory-limit-mb', '400']
const LOAD_MS = 1_500

/** Resolves when the status tells of it, among what needs an eye. */
async function untilTold(url: string, what: RegExp): Promise<void> {
  for (let asked = 0; asked < 200; asked++) {
    const status = (await (await fetch(`${url}/api/status`)).json()) as Status
    if (status.concerns.some(({ said }) => what.test(said))) return
    await sleep(100)
  }
  throw new Error(`nothing was told like ${what}`)
}

describe(`up on Kafka (seed ${SEED})`, { skip: await whyNot() }, () => {
  const broker = trialBroker(22_400)

  before(() => broker.start())

  test('killed in every part under load, it holds each acknowledged event once', async (t) => {
    const flags = [...FLAGS, '--log', urlOf(newTopic(broker))]
    const up = await startUp(dataFolder(t), flags)
    const client = new Client(up.url, seededRandom(SEED))
    t.after(() => client.abandon())
    client.begin()
    for (const role of ['collect', 'serve', 'collect'] as const) {
      await sleep(LOAD_MS)
      const { pid } = up.running(role)
      process.kill(pid, 'SIGKILL')
      await up.replaced(role, pid)
    }
    await sleep(LOAD_MS)
    const { pid } = up.running('serve')
    await broker.kill()
    await sleep(LOAD_MS)
    const [told] = await ask(up.url, 'SELECT count(*) AS n FROM events')
    assert.ok(Number(told?.n) > 0, 'the tables answer while Kafka is away')
    await untilTold(up.url, /Kafka at .* does not answer/)
    await broker.restart()
    await sleep(LOAD_MS)
    await client.rest()
    assert.equal(up.running('serve').pid, pid, 'the processor went on by itself')
    assert.ok(client.told.size > 100)
    await untilVisible(up.url, 120_000)
    assert.equal(sayFindings(await check(up.url, client.told)), '')
    up.signal('SIGTERM')
    assert.equal((await up.ended()).code, 0)
  })

  test('its tables are built anew from the topic, and on another machine too', async (t) => {
    const flags = [...FLAGS, '--log', urlOf(newTopic(broker))]
    const first = await startUp(dataFolder(t), flags)
    const client = new Client(first.url, seededRandom(SEED))
    client.begin()
    await sleep(LOAD_MS)
    await client.rest()
    await untilVisible(first.url)
    const response = await fetch(`${first.url}/api/rebuild`, { method: 'POST' })
    assert.equal(response.status, 200)
    assert.equal(sayFindings(await check(first.url, client.told)), '')
    first.signal('SIGTERM')
    await first.ended()
    const second = await startUp(dataFolder(t), flags)
    assert.equal(sayFindings(await check(second.url, client.told)), '')
    second.signal('SIGTERM')
    await second.ended()
  })

  test('what is for files says so, and what is not works', async (t) => {
    const address = newTopic(broker)
    const directory = dataFolder(t)
    const where = ['--data', directory, ...FLAGS, '--log', urlOf(address)]
    const run = (...words: string[]) => runToEnd([...words, ...where])
    const up = await startUp(directory, [...FLAGS, '--log', urlOf(address)])
    const client = new Client(up.url, seededRandom(SEED))
    client.begin()
    await sleep(LOAD_MS)
    await client.rest()
    await untilVisible(up.url)
    const linked = await run('identity', 'link', 'u1', 'ada')
    assert.match(linked.stdout, /u1 is ada now/)
    const erased = await run('erase', 'u1', '--yes')
    assert.match(erased.stderr, /^FILES_ONLY: Erasing people is for a log of files.*Kafka/)
    const backed = await run('backup', join(directory, 'copy'))
    assert.match(backed.stderr, /^FILES_ONLY: .*mirror/)
    const archived = await run('archive', '--before', '2020-01-01')
    assert.match(archived.stdout, /the topic trial_\w+, of which nothing is archived/)
    const status = JSON.parse((await run('status', '--json')).stdout)
    assert.deepEqual(
      status.lanes.map(({ lane, pending }: Record<string, unknown>) => [lane, pending]),
      ['0', '1', '2', '3', '4', '5'].map((lane) => [lane, 0]),
    )
    assert.equal(status.balanced, true)
    up.signal('SIGTERM')
    await up.ended()
    const derived = await run('derive', 'dimensions')
    assert.match(derived.stdout, /products and \d+ customers written/)
    const doctor = await run('doctor', '--json')
    assert.deepEqual(
      JSON.parse(doctor.stdout).filter(({ verdict }: Record<string, unknown>) => verdict !== 'ok'),
      [],
    )
  })

  test('what Kafka has deleted is named, and given up when somebody says so', async (t) => {
    const address = newTopic(broker)
    const directory = dataFolder(t)
    const flags = [...FLAGS, '--log', urlOf(address), '--kafka-partitions', '1']
    const up = await startUp(directory, flags)
    const client = new Client(up.url, seededRandom(SEED))
    client.begin()
    await sleep(LOAD_MS)
    await client.rest()
    await untilVisible(up.url)
    up.signal('SIGTERM')
    await up.ended()
    const topics = [{ name: address.topic, partitions: [{ partition: 0, offset: 10n }] }]
    await withAdmin(address, (admin) => admin.deleteRecords({ topics }))
    const where = ['--data', directory, ...flags]
    const rebuilt = await runToEnd(['rebuild', ...where])
    assert.match(rebuilt.stderr, /LOG_GONE: .*position 0: Kafka has deleted the records up to 9/)
    const told = await runToEnd(['doctor', ...where])
    assert.match(told.stdout, /Gone: lane 0, positions 0 to 9 \(10 records\)/)
    const skipped = await runToEnd(['doctor', '--skip-damaged', ...where])
    assert.match(skipped.stdout, /GIVEN UP: lane 0/)
    const again = await runToEnd(['rebuild', ...where])
    assert.equal(again.code, 0, again.stderr)
    const ledger = await runToEnd(['status', '--json', ...where])
    const { totals, balanced } = JSON.parse(ledger.stdout)
    assert.equal(balanced, true)
    assert.equal(totals.lost_to_damage, 10)
    assert.equal(totals.stored, client.told.size - 10)
  })
})
