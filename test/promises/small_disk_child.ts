/**
 * What a whole shop does when a disk of 48 MB is full: run by small_disk.test.ts with a file system
 * of its own mounted at DATA or at a folder in it. Prints what it saw as JSON.
 * `small_disk_child.ts SCENARIO DATA SEED`
 */
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startUp } from '../cli/up_process.ts'
import { seededRandom } from '../oracle/random.ts'
import { check, type Findings, sayFindings } from './checks.ts'
import { Client } from './client.ts'

const FULL_MS_MAX = 30_000
const ANSWER_MS_MAX = 1_000
const WHILE_FULL_MS = 1_000

interface Scenario {
  /** What is on the small disk; the rest of the data folder is elsewhere. */
  readonly mounted: '.' | 'log' | 'engine'
  readonly flags: readonly string[]
  /** How much the load may fill before the disk is full. */
  readonly free_bytes: number
  readonly padding_bytes: number
  /** Who is killed while the disk is full. */
  readonly killed?: readonly ('collect' | 'serve')[]
}

export const SCENARIOS = {
  log: {
    mounted: 'log',
    flags: ['--log-reserve-mb', '0'],
    free_bytes: 3_000_000,
    padding_bytes: 12_000,
  },
  'log below its reserve': {
    mounted: 'log',
    flags: ['--log-reserve-mb', '4'],
    free_bytes: 7_000_000,
    padding_bytes: 12_000,
  },
  database: {
    mounted: 'engine',
    flags: ['--log-reserve-mb', '0', '--store-reserve-mb', '0'],
    free_bytes: 6_000_000,
    padding_bytes: 5_000,
  },
  'database below its reserve': {
    mounted: 'engine',
    flags: ['--log-reserve-mb', '0', '--store-reserve-mb', '8'],
    free_bytes: 14_000_000,
    padding_bytes: 5_000,
  },
  everything: {
    mounted: '.',
    flags: ['--log-reserve-mb', '8', '--store-reserve-mb', '4'],
    free_bytes: 20_000_000,
    padding_bytes: 8_000,
  },
  'everything, with kills': {
    mounted: '.',
    flags: ['--log-reserve-mb', '0', '--store-reserve-mb', '0'],
    free_bytes: 12_000_000,
    padding_bytes: 8_000,
    killed: ['collect', 'serve'],
  },
} as const satisfies Record<string, Scenario>

export interface Seen {
  /** Requests answered 503, and other failures. */
  readonly refused: number
  readonly failed: readonly unknown[]
  readonly acknowledged_before: number
  readonly acknowledged_while_full: number
  /** What the engine first said of the full disk. */
  readonly last_error: string | null
  readonly collector: 'lived on' | 'was started again'
  readonly events: number
  readonly faults: string
  readonly duplicate: number
}

async function lastError(url: string): Promise<string | null> {
  // While no collector can start, the question is held for the next one.
  const status = await fetch(`${url}/api/status`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    .then((response) => response.json())
    .catch(() => null)
  return (status as { engine?: { last_error: string | null } } | null)?.engine?.last_error ?? null
}

async function fill(scenario: Scenario, data: string, seed: number): Promise<Seen> {
  const ballast = join(data, scenario.mounted, 'ballast')
  const { bavail, bsize } = statfsSync(join(data, scenario.mounted))
  writeFileSync(ballast, Buffer.alloc(bavail * bsize - scenario.free_bytes))
  const up = await startUp(data, scenario.flags)
  const client = new Client(up.url, seededRandom(seed), scenario.padding_bytes)
  try {
    const { pid } = up.running('collect')
    const refusals = () => client.failures.get(503) ?? 0
    let last_error: string | null = null
    const isFull = async () => {
      last_error ??= await lastError(up.url)
      return scenario.mounted === 'engine' ? last_error !== null : refusals() > 4
    }
    client.begin()
    const until_ms = performance.now() + FULL_MS_MAX
    while (!(await isFull()) && performance.now() < until_ms) await sleep(20)
    const acknowledged_before = client.acknowledged.size
    for (const role of scenario.killed ?? []) process.kill(up.running(role).pid, 'SIGKILL')
    await sleep(WHILE_FULL_MS)
    const acknowledged_while_full = client.acknowledged.size - acknowledged_before
    rmSync(ballast)
    await client.rest()
    const findings: Findings = await check(up.url, client.told)
    return {
      refused: refusals(),
      failed: [...client.failures.keys()].filter((how) => how !== 503),
      acknowledged_before,
      acknowledged_while_full,
      last_error,
      collector: up.running('collect').pid === pid ? 'lived on' : 'was started again',
      events: client.told.size,
      faults: sayFindings(findings),
      duplicate: findings.duplicate,
    }
  } finally {
    client.abandon()
    up.signal('SIGTERM')
    const { stderr } = await up.ended()
    process.stderr.write(stderr.slice(-4_000))
  }
}

if (import.meta.main) {
  const [name = '', data = '', seed = ''] = process.argv.slice(2)
  const scenario: Scenario = SCENARIOS[name as keyof typeof SCENARIOS]
  process.stdout.write(JSON.stringify(await fill(scenario, data, Number(seed))))
}
