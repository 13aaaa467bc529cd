/**
 * Asking a data folder: through the server that runs on it, else by opening it here. Either way the
 * answer is about everything that was durable when the question was asked.
 */

import type { Row } from '../engine/contract.ts'
import { viewsOf } from '../present/views.ts'
import type { Processor } from '../processor.ts'
import { ClickpathError, type ErrorCode } from '../std/errors.ts'
import { findRunning } from '../std/running.ts'
import type { Context } from './command.ts'

export interface QueryAnswer {
  readonly rows: readonly Row[]
  /** More rows would have come than may be given. */
  readonly truncated: boolean
}

/** The server on the data folder; undefined when none runs. */
export function serverOf(directory: string): string | undefined {
  return findRunning(directory, 'serve')?.url ?? undefined
}

/** Asks the running server; its errors come back as the errors they were. */
export async function askServer(
  url: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const answer = (await response.json()) as { code?: ErrorCode; message?: string }
  if (response.ok) return answer
  throw ClickpathError.told(answer.code ?? 'INTERNAL', answer.message ?? response.statusText)
}

/** Opens the data folder in this process for as long as `work` takes. */
export async function withProcessor<T>(
  context: Context,
  directory: string,
  work: (processor: Processor) => Promise<T>,
): Promise<T> {
  const { openProcessor } = await import('../processor.ts')
  const { settings, config, clock, stderr, signal } = context
  const say = (sentence: string) => stderr.write(`${sentence}\n`)
  const processor = await openProcessor({ directory, settings, config, clock, say })
  try {
    await processor.engine.catchUp(signal)
    return await work(processor)
  } finally {
    await processor.close()
  }
}

/** Read-only SQL over what `clickpath explain` and the page name; nothing else can be reached. */
export async function query(
  context: Context,
  directory: string,
  sql: string,
): Promise<QueryAnswer> {
  const url = serverOf(directory)
  if (url !== undefined) {
    await askServer(url, 'POST', '/api/flush')
    return (await askServer(url, 'POST', '/api/query', { sql })) as QueryAnswer
  }
  const { guardSql } = await import('../serve/sql_guard.ts')
  const { settings } = context
  return withProcessor(context, directory, async ({ engine, plan }) => {
    const names = viewsOf(plan, settings).map(({ name }) => name)
    const guarded = await guardSql(engine.store, sql, names)
    const limits = { query_ms: settings.query_ms_max, rows_max: settings.query_rows_max + 1 }
    const bounded = `SELECT * FROM (${guarded}) LIMIT ${limits.rows_max}`
    const rows = await engine.store.rows(bounded, [], limits)
    return {
      rows: rows.slice(0, settings.query_rows_max),
      truncated: rows.length > settings.query_rows_max,
    }
  })
}
