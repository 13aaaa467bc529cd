/**
 * What must hold at rest, asked of a running product: each event that was told is stored once and
 * nothing else is, the ledger balances, and every table is what an independent reducer makes of the
 * events.
 */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OracleTable } from '../oracle/columns.ts'
import { differences } from '../oracle/compare.ts'
import type { OracleEvent } from '../oracle/event.ts'
import { oracleTables } from '../oracle/tables.ts'

const SETTLED_MS_MAX = 30_000
const FLUSH_MS = 5_000
const SHOWN_MAX = 5

export interface Findings {
  /** Ids that were told and are not stored; stored more often than once; stored and never told. */
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
  readonly strange: readonly string[]
  /** Why the ledger does not balance. */
  readonly unbalanced: readonly string[]
  /** What is different in the tables. */
  readonly unequal: readonly string[]
  /** Copies that were known as such. */
  readonly duplicate: number
}

export const isSound = (findings: Findings): boolean => sayFindings(findings) === ''

/** One line for each kind of fault; empty when all is well. */
export function sayFindings(findings: Findings): string {
  return (['lost', 'doubled', 'strange', 'unbalanced', 'unequal'] as const)
    .filter((kind) => findings[kind].length > 0)
    .map((kind) => `${kind}: ${sample(findings[kind])}`)
    .join('\n')
}

const sample = (all: readonly string[]) =>
  `${all.length} (${all.slice(0, SHOWN_MAX).join('; ')}${all.length > SHOWN_MAX ? '; ...' : ''})`

export async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const response = await fetch(`${url}/api/query`, {
    method: 'POST',
    body: JSON.stringify({ sql }),
    headers: { 'content-type': 'application/json' },
  })
  const answer = (await response.json()) as { rows: readonly Record<string, unknown>[] }
  assert.equal(response.status, 200, JSON.stringify(answer))
  return answer.rows
}

/** Resolves when all that is durable is in the tables. Asks again while nobody serves. */
export async function untilVisible(url: string, most_ms = SETTLED_MS_MAX): Promise<void> {
  const until_ms = performance.now() + most_ms
  while (performance.now() < until_ms) {
    const path = `${url}/api/flush?wait_ms=${FLUSH_MS}`
    const signal = AbortSignal.timeout(2 * FLUSH_MS)
    const answer = await fetch(path, { method: 'POST', signal })
      .then((response) => response.json())
      .catch(() => null)
    if ((answer as { visible?: string } | null)?.visible === 'visible') return
    await sleep(20)
  }
  throw new Error(`What is durable did not become visible within ${most_ms} ms.`)
}

interface Ledger {
  readonly balanced: boolean
  readonly totals: {
    readonly stored: number
    readonly duplicate: number
    readonly invalid: number
    readonly pending: number
  }
}

async function ledgerOf(url: string): Promise<Ledger> {
  return (await (await fetch(`${url}/api/ledger`)).json()) as Ledger
}

function imbalance({ balanced, totals }: Ledger, told: number): readonly string[] {
  const { stored, invalid, pending } = totals
  const wrong = [
    ...(balanced ? [] : ['the ledger says so itself']),
    ...(stored === told ? [] : [`${stored} stored of ${told}`]),
    ...(invalid + pending === 0 ? [] : [`${invalid} invalid and ${pending} pending`]),
  ]
  return wrong
}

/** Call it when nothing is being sent. */
export async function check(
  url: string,
  told: ReadonlyMap<string, OracleEvent>,
): Promise<Findings> {
  await untilVisible(url)
  const expected = oracleTables([...told.values()])
  const names = Object.keys(expected) as OracleTable[]
  const [ids, ledger, ...tables] = await Promise.all([
    ask(url, 'SELECT event_id FROM events'),
    ledgerOf(url),
    ...names.map((name) => ask(url, `SELECT * FROM ${name}`)),
  ])
  const stored = new Map<string, number>()
  for (const { event_id } of ids) {
    stored.set(String(event_id), (stored.get(String(event_id)) ?? 0) + 1)
  }
  return {
    lost: [...told.keys()].filter((id) => !stored.has(id)),
    doubled: [...stored].filter(([, times]) => times > 1).map(([id]) => id),
    strange: [...stored.keys()].filter((id) => !told.has(id)),
    unbalanced: imbalance(ledger, told.size),
    unequal: names.flatMap((name, at) =>
      differences(name, tables[at] ?? [], expected[name]).map((said) => `${name}: ${said}`),
    ),
    duplicate: ledger.totals.duplicate,
  }
}
