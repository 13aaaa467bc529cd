/**
 * The live stream: rows of a table as they are now. A broken stream goes on from where it was. Read
 * with fetch and not with EventSource, which cannot send a token.
 */
import { useEffect, useState } from 'react'
import type { Api } from './client.ts'
import type { Row } from './routes.ts'
import { rest } from './use_answer.ts'
import { useApi } from './use_api.ts'

const RETRY_MS = 2_000

export interface LiveChange {
  readonly kind: 'snapshot' | 'upsert' | 'delete'
  readonly table: string
  readonly rows: readonly Row[]
}

interface Message {
  readonly id?: string
  readonly event?: string
  readonly data?: string
}

function parse(block: string): Message {
  const fields = block.split('\n').flatMap((line) => {
    const at = line.indexOf(': ')
    return at > 0 ? [[line.slice(0, at), line.slice(at + 2)]] : []
  })
  return Object.fromEntries(fields) as Message
}

async function* messagesOf(stream: ReadableStream): AsyncGenerator<Message> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of stream) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) yield parse(block)
  }
}

/** Tells every change of the tables until the signal aborts. */
export async function follow(
  api: Api,
  url: string,
  signal: AbortSignal,
  show: (change: LiveChange) => void,
): Promise<void> {
  let last_id = ''
  while (!signal.aborted) {
    try {
      for await (const { id, event, data } of messagesOf(await api.stream(url, last_id, signal))) {
        if (data) show({ kind: event, ...JSON.parse(data) } as LiveChange)
        last_id = id ?? last_id
      }
    } catch {
      // Whatever broke it, the next try goes on from the last id.
    }
    await rest(RETRY_MS, signal)
  }
}

export interface LiveRows {
  readonly rows: readonly Row[]
  readonly state: 'waiting' | 'ready'
}

/**
 * The newest rows of a table, kept up to date; `identity` and `time` as the catalogue names them.
 */
export function useLiveRows(
  table: string,
  identity: readonly string[],
  time: string,
  limit: number,
): LiveRows {
  const api = useApi()
  const [told, setTold] = useState<LiveRows>({ rows: [], state: 'waiting' })
  const names = identity.join(',')
  useEffect(() => {
    const leaving = new AbortController()
    const nameOf = (row: Row) => JSON.stringify(names.split(',').map((name) => row[name]))
    let known = new Map<string, Row>()
    void follow(api, `/api/live?tables=${table}&limit=${limit}`, leaving.signal, (change) => {
      if (change.kind === 'snapshot') known = new Map()
      for (const row of change.rows) {
        if (change.kind === 'delete') known.delete(nameOf(row))
        else known.set(nameOf(row), row)
      }
      const newest = [...known.values()]
        .sort((one, other) => (String(one[time]) < String(other[time]) ? 1 : -1))
        .slice(0, limit)
      known = new Map(newest.map((row) => [nameOf(row), row]))
      setTold({ rows: newest, state: 'ready' })
    })
    return () => leaving.abort()
  }, [api, table, names, time, limit])
  return told
}
