/**
 * Asking a data folder: through the server that runs on it, else by opening it here. Either way the
 * answer is about everything that was durable when the question was asked.
 */
import { viewsOf } from '../present/views.ts'
import type { Processor } from '../processor.ts'
import type { QueryAnswer } from '../serve/query_sql.ts'
import { ClickpathError, type ErrorCode } from '../std/errors.ts'
import { findRunning } from '../std/running.ts'
import type { Context } from './command.ts'

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
  signal: AbortSignal | null = null,
): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method,
    signal,
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
  const { querySql } = await import('../serve/query_sql.ts')
  const { settings } = context
  return withProcessor(context, directory, ({ engine, plan }) => {
    const names = viewsOf(plan, settings).map(({ name }) => name)
    return querySql(engine.store, names, settings, sql)
  })
}
