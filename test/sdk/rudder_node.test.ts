import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { dataFolder, runToEnd, startUp, type UpProcess, until } from '../cli/up_process.ts'
import { losingAnswers } from './lost_answers.ts'
import { SEGMENT_TRIP } from './segment_trip.ts'
import { openShopDoor } from './shop_door.ts'
import { assertTrip, TRIP, tripSql } from './trip.ts'

const who = { userId: TRIP.user, anonymousId: TRIP.visitor }

/** Its log would stand between the results of the tests. */
const QUIET = { logLevel: 'none' }

/** Sends the trip and waits until the program says of each event that it arrived. */
async function sendTrip(dataPlaneUrl: string, key: string, gzip: boolean): Promise<void> {
  const rudder = new RudderAnalytics(key, { ...QUIET, dataPlaneUrl, gzip, flushInterval: 20 })
  const arrivals = SEGMENT_TRIP.map(({ event, properties }) => arrival(rudder, event, properties))
  await Promise.all(arrivals)
}

/** Tricky: what the program hands its callback on failure is missing in its types. */
function arrival(rudder: RudderAnalytics, event: string, properties: object): Promise<void> {
  return new Promise((arrived, failed) => {
    const told = (error?: Error) => (error ? failed(error) : arrived())
    rudder.track({ ...who, event, properties: { ...properties } }, told)
  })
}

for (const gzip of [true, false]) {
  test(`rudder-sdk-node sends the trip, ${gzip ? 'zipped' : 'plain'}`, async (t) => {
    const door = await openShopDoor(t)
    await sendTrip(door.url, door.key, gzip)
    assertTrip(await door.rows(tripSql('web')))
  })
}

test('rudder-sdk-node sends again when an answer is lost, and counts once', async (t) => {
  const door = await openShopDoor(t)
  const proxy = await losingAnswers(t, door.url, 1)
  await sendTrip(proxy.url, door.key, true)
  assert.equal(proxy.lost(), 1)
  assertTrip(await door.rows(tripSql('web')))
  const { duplicate, invalid } = await door.shop.ledger()
  assert.deepEqual([Number(duplicate) > 0, Number(invalid)], [true, 0])
})

/** Kills the collector a few times, each time while what is sent meanwhile has to wait. */
async function killCollectors(up: UpProcess): Promise<void> {
  for (let kills = 0; kills < 3; kills++) {
    await sleep(100)
    const { pid } = up.running('collect')
    process.kill(pid, 'SIGKILL')
    await until('the collector to come back', () => up.running('collect').pid !== pid)
  }
}

test('rudder-sdk-node loses nothing while the collector is killed under its load', async (t) => {
  const up = await startUp(dataFolder(t))
  const [key = ''] = Object.keys(JSON.parse(readFileSync(join(up.directory, 'keys.json'), 'utf8')))
  const rudder = new RudderAnalytics(key, { ...QUIET, dataPlaneUrl: up.url, flushInterval: 20 })
  const arrivals: Promise<void>[] = []
  let killing: 'on' | 'over' = 'on'
  const killer = killCollectors(up).finally(() => {
    killing = 'over'
  })
  while ((killing as string) === 'on') {
    arrivals.push(arrival(rudder, 'Product Viewed', { product_id: `p${arrivals.length}` }))
    await sleep(2)
  }
  await killer
  await Promise.all(arrivals)
  up.signal('SIGTERM')
  assert.equal((await up.ended()).code, 0)
  // Asked of the folder at rest, so that nothing is still on its way into the tables.
  const sql = 'SELECT count(*) AS events, count(DISTINCT product_id) AS products FROM events'
  const { stdout } = await runToEnd(['query', sql, '--data', up.directory, '--json'])
  const [{ events, products }] = JSON.parse(stdout)
  assert.ok(arrivals.length > 100)
  assert.deepEqual([Number(events), Number(products)], [arrivals.length, arrivals.length])
})
