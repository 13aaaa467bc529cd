/** The golden scenarios on a log in Kafka, killed in the middle too, against the same tables. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { before, describe, test } from 'node:test'
import { trialBroker } from './kafka_broker.ts'
import { whyNot } from './prerequisites.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const GOLDEN = 'test/golden/golden.test.ts'
const MS_MAX = 600_000

describe('golden scenarios', { skip: await whyNot() }, () => {
  const broker = trialBroker(22_800)

  before(() => broker.start())

  test('give the same tables on Kafka as on files', () => {
    const words = ['--disable-warning=ExperimentalWarning', '--test', '--test-reporter=tap']
    const { status, stdout } = spawnSync(
      process.execPath,
      [...words, '--test-name-pattern', 'on kafka', GOLDEN],
      {
        cwd: ROOT,
        encoding: 'utf8',
        timeout: MS_MAX,
        env: {
          ...process.env,
          CLICKPATH_TEST_KAFKA: broker.hosts[0],
          NODE_TEST_CONTEXT: undefined,
        },
      },
    )
    assert.equal(status, 0, stdout.slice(-4_000))
    const passed = Number(/^# pass (\d+)/m.exec(stdout)?.[1])
    assert.ok(passed >= 60, `${passed} scenarios`)
  })
})
