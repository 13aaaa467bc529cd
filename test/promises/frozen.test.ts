/**
 * A process that stands still and goes on: swapped out, stopped by a debugger, on a machine that
 * slept. It is neither dead nor to be killed for it. `CLICKPATH_TEST_FREEZE_S=30` for longer.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { check, sayFindings } from './checks.ts'
import { Client } from './client.ts'

const FREEZE_MS = Number(process.env.CLICKPATH_TEST_FREEZE_S ?? 5.5) * 1_000
const SEED = Number(process.env.CLICKPATH_TEST_SEED ?? Math.floor(Math.random() * 1e9))
const LOAD_MS = 700
const FLAGS = ['--log-reserve-mb', '0']

/** What senders may meet while somebody stands still, and what would be a broken promise. */
const FROZEN = {
  // Its connections are held for it, so requests are late and none is refused.
  collect: { role: 'collect', failures: ['timeout'] },
  // It takes no part in acknowledging.
  engine: { role: 'serve', failures: [] },
} as const

for (const [name, { role, failures }] of Object.entries(FROZEN)) {
  test(`${name} frozen for ${FREEZE_MS / 1_000} s under load loses nothing (seed ${SEED})`, {
    timeout: FREEZE_MS * 2 + 60_000,
  }, async (t) => {
    const up = await startUp(dataFolder(t), FLAGS)
    const client = new Client(up.url, seededRandom(SEED))
    t.after(() => client.abandon())
    client.begin()
    await sleep(LOAD_MS)
    const { pid } = up.running(role)
    process.kill(pid, 'SIGSTOP')
    const before = client.acknowledged.size
    await sleep(FREEZE_MS)
    const during = client.acknowledged.size - before
    process.kill(pid, 'SIGCONT')
    await sleep(LOAD_MS)
    await client.rest()
    const findings = await check(up.url, client.told)
    assert.equal(sayFindings(findings), '')
    assert.equal(up.running(role).pid, pid, 'the supervisor left it alone')
    const met = [...client.failures.keys()]
    assert.deepEqual(
      met.filter((failure) => !(failures as readonly unknown[]).includes(failure)),
      [],
    )
    if (name === 'collect') {
      assert.ok(during < 100, 'nobody acknowledged while the collector stood still')
      assert.ok(findings.duplicate > 0, 'what was late came again, and was known')
    } else {
      assert.ok(during > 0, 'events were acknowledged while the engine stood still')
    }
    t.diagnostic(
      `${client.told.size} events, ${during} acknowledged meanwhile, ` +
        `${findings.duplicate} sent again`,
    )
  })
}
