/** What a command says where the setting `engine` names Spark; nothing here needs a server. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataFolder, runToEnd } from '../cli/up_process.ts'
import { eventRecord, Shop } from '../engine/shop.ts'

/** Where nobody listens; with a token that nobody may see. */
const NOWHERE = 'sc://127.0.0.1:1;token=s3cret'
const ON_SPARK = ['--engine', NOWHERE, '--log-reserve-mb', '0', '--threads', '1']

test('erasing says that it is for duckdb, and how to go on', async (t) => {
  const where = ['--data', dataFolder(t), ...ON_SPARK]
  for (const how of ['--yes', '--dry-run']) {
    const { code, stderr } = await runToEnd(['erase', 'u1', how, ...where])
    assert.equal(code, 1)
    assert.match(stderr, /^DUCKDB_ONLY: Erasing people .* Spark \(sc:\/\/127\.0\.0\.1:1\)\./)
    assert.match(stderr, /set engine to duckdb/)
    assert.doesNotMatch(stderr, /s3cret/)
  }
})

test('a shop from which people were erased stays with duckdb; erasing leaves nothing of Spark', async (t) => {
  const shop = await new Shop(t).open()
  await shop.tell([eventRecord('e1', '12:00:00', { user_id: 'visitor-77' })])
  const silver = join(shop.directory, 'spark', 'silver')
  mkdirSync(silver, { recursive: true })
  const { erasures } = shop.processor
  await erasures.begin(['visitor-77'])
  await erasures.finish()
  assert.equal(existsSync(silver), false)
  await shop.close()
  const { code, stderr } = await runToEnd(['rebuild', '--data', shop.directory, ...ON_SPARK])
  assert.equal(code, 1)
  assert.match(stderr, /DUCKDB_ONLY: A log with erasures .* leave the setting engine at duckdb/)
})

test('the doctor names a server that is away; status says what computes, without the token', async (t) => {
  const directory = dataFolder(t)
  const where = ['--data', directory, ...ON_SPARK]
  const doctor = await runToEnd(['doctor', ...where])
  assert.equal(doctor.code, 1)
  assert.match(doctor.stdout, /problem {2}spark {5}Spark at sc:\/\/127\.0\.0\.1:1 does not answer/)
  const status = await runToEnd(['status', ...where])
  assert.match(status.stdout, /computed {3}by Spark at sc:\/\/127\.0\.0\.1:1, from files/)
  assert.doesNotMatch(`${doctor.stdout}${status.stdout}`, /s3cret/)
})
