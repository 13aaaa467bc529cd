/**
 * What this collector has done since it started: counts for operators. The ledger does not use
 * them; it counts records of the log, which survive a kill.
 */
import type { Outcomes } from './formats/format.ts'

export interface CollectMetrics {
  /** Events and rows made durable. */
  readonly accepted: number
  /** Invalid ones by reason, filtered ones by their step's reason; kept in the log, too. */
  readonly invalid: Readonly<Record<string, number>>
  readonly filtered: Readonly<Record<string, number>>
  /** Requests answered 200, by format. */
  readonly requests: Readonly<Record<string, number>>
  /** Requests refused whole, by error code: nothing of them was kept. */
  readonly refused: Readonly<Record<string, number>>
  readonly dropped_by_step: Readonly<Record<string, number>>
  readonly held_body_bytes: number
}

type Counts = Map<string, number>

/** Reasons of own steps are open words: beyond this many, further ones are counted as one. */
const WORDS_MAX = 100

function add(counts: Counts, word: string): void {
  const known = counts.has(word) || counts.size < WORDS_MAX ? word : 'other'
  counts.set(known, (counts.get(known) ?? 0) + 1)
}

export class CollectCounters {
  #accepted = 0
  readonly #invalid: Counts = new Map()
  readonly #filtered: Counts = new Map()
  readonly #requests: Counts = new Map()
  readonly #refused: Counts = new Map()

  /** Call when the outcomes are durable. */
  noteTaken(format: string, { accepted, refused }: Outcomes): void {
    this.#accepted += accepted
    add(this.#requests, format)
    for (const { dropped } of refused) {
      add(dropped.verdict === 'invalid' ? this.#invalid : this.#filtered, dropped.reason)
    }
  }

  noteRefused(code: string): void {
    add(this.#refused, code)
  }

  read(droppedByStep: ReadonlyMap<string, number>, held_body_bytes: number): CollectMetrics {
    return {
      accepted: this.#accepted,
      invalid: Object.fromEntries(this.#invalid),
      filtered: Object.fromEntries(this.#filtered),
      requests: Object.fromEntries(this.#requests),
      refused: Object.fromEntries(this.#refused),
      dropped_by_step: Object.fromEntries(droppedByStep),
      held_body_bytes,
    }
  }
}

function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}`)
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n')
}

function labelled(label: string, counts: Readonly<Record<string, number>>) {
  const escaped = (word: string) =>
    word.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`))
  return Object.entries(counts).map(
    ([word, count]) => [`{${label}="${escaped(word)}"}`, count] as const,
  )
}

/** The counts as Prometheus reads them. */
export function prometheusText(metrics: CollectMetrics): string {
  const { accepted, invalid, filtered, requests, refused } = metrics
  return [
    family('clickpath_collect_accepted_total', 'counter', 'Events and rows made durable.', [
      ['', accepted],
    ]),
    family(
      'clickpath_collect_invalid_total',
      'counter',
      'Invalid events, kept with their reason.',
      labelled('reason', invalid),
    ),
    family(
      'clickpath_collect_filtered_total',
      'counter',
      'Events that a step did not want, kept with its reason.',
      labelled('reason', filtered),
    ),
    family(
      'clickpath_collect_requests_total',
      'counter',
      'Requests answered 200.',
      labelled('format', requests),
    ),
    family(
      'clickpath_collect_refused_requests_total',
      'counter',
      'Requests refused whole; nothing of them was kept.',
      labelled('code', refused),
    ),
    family(
      'clickpath_collect_dropped_total',
      'counter',
      'Events dropped, by step.',
      labelled('step', metrics.dropped_by_step),
    ),
    family('clickpath_collect_body_bytes', 'gauge', 'Bytes of request bodies held now.', [
      ['', metrics.held_body_bytes],
    ]),
  ].join('')
}
