/**
 * From a log to every table: a folder that has the log alone is asked one question, and so its
 * engine, whichever it is, computes all tables first.
 */
import { type Children, within } from './children.ts'
import { figuresOf, Sampler } from './measure/sampler.ts'
import { startCommand, type Words } from './product.ts'
import type { Figures } from './run.ts'

const QUESTION = 'SELECT count(*) AS events FROM events'

export interface Fill {
  /** Settings that say which engine, and how. */
  readonly words: Words
  /** After so long it is taken to hang. */
  readonly most_ms: number
  /** Processes that work for it and that it did not start. */
  readonly pids?: readonly number[]
}

export interface Filled {
  readonly events: number
  readonly duration_s: number
  readonly figures: Figures
}

/** The whole command, from its start to its exit. */
export async function fillTables(
  children: Children,
  folder: string,
  { words, most_ms, pids = [] }: Fill,
): Promise<Filled> {
  const args = ['query', QUESTION, '--data', folder, '--format', 'json', ...words]
  const started = startCommand(children, args)
  const sampler = new Sampler(started.pid, ...pids)
  const ended = await within(most_ms, 'computing the tables', started.ended)
  const use = await sampler.stop()
  if (ended.code !== 0) throw new Error(`query ended with ${ended.code}: ${ended.stderr}`)
  const [row] = JSON.parse(ended.stdout) as readonly { readonly events: number | string }[]
  const events = Number(row?.events)
  const duration_s = ended.duration_ms / 1_000
  const speed = { events_per_second: events / duration_s, duration_s }
  return { events, duration_s, figures: { ...speed, ...figuresOf(use) } }
}
