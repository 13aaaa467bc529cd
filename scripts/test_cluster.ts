/**
 * `npm run test:cluster`: starts Kafka and Spark for the tests that need them, runs these, and ends
 * what it started. With --quick it runs what takes a few minutes; with files, those alone.
 *
 *   npm run test:cluster                  everything, about half an hour
 *   npm run test:cluster -- --quick       what is run before a change is taken
 *   npm run test:cluster -- test/cluster/topology.test.ts
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { down, up } from '../deploy/cluster/cluster.ts'
import { fetchJars } from '../deploy/cluster/jars.ts'
import { requireJava } from '../deploy/cluster/java.ts'
import { readOptions } from '../deploy/cluster/options.ts'

/** Other ports than those of a cluster that somebody uses, and than those of single tests. */
const PORT_BASE = 24_000
const QUICK = ['test/cluster/engine.test.ts', 'test/cluster/topology.test.ts']
/** Of the golden scenarios, with --quick. */
const QUICK_SCENARIOS = 'copies_and_conflicts'

const words = process.argv.slice(2)
const quick = words.includes('--quick')
const named = words.filter((word) => word !== '--quick')
const say = (line: string) => void process.stderr.write(`${line}\n`)

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    requireJava()
    for (const system of ['kafka', 'spark'] as const) await fetchJars(system, say)
  } catch (thrown) {
    const [why = ''] = (thrown as Error).message.split('\n')
    say(`SKIPPED: the tests of Kafka and Spark need both, with Java and Maven. ${why}`)
    return quick ? 0 : 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-test-cluster-'))
  try {
    await up(folder, readOptions({ 'port-base': String(PORT_BASE) }), say)
    return runTests(named.length > 0 ? named : quick ? QUICK : ['test/cluster/*.test.ts'])
  } finally {
    await down(folder, 'wipe', say)
    rmSync(folder, { recursive: true, force: true })
  }
}

function runTests(files: readonly string[]): number {
  const scenarios = process.env.CLICKPATH_TEST_SCENARIOS ?? (quick ? QUICK_SCENARIOS : 'all')
  const { status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'test.mjs'), ...files],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        SPARK_CONNECT: `sc://127.0.0.1:${PORT_BASE + 20}`,
        CLICKPATH_TEST_KAFKA: `127.0.0.1:${PORT_BASE}`,
        CLICKPATH_TEST_SCENARIOS: scenarios,
      },
    },
  )
  return status ?? 1
}
