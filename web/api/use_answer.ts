/**
 * An answer of the API as a component's state: asked anew when the question changes, every so often
 * where asked for, and when the server is back. What is shown stays until the next answer is there.
 */
import { useCallback, useEffect, useState } from 'react'
import type { Api, Told } from './client.ts'
import { AWAY, Refusal } from './refusal.ts'
import { type Answer, type Asked, type GetPath, urlOf } from './routes.ts'
import { useApi } from './use_api.ts'

const RETRY_MS = 2_000

export interface Asking<A> {
  /** The latest answer; of the question before while the next one is on its way. */
  readonly answer: A | undefined
  readonly refusal: Refusal | undefined
  /** `waiting`: nothing to show yet. `stale`: shown is what the question before answered. */
  readonly state: 'waiting' | 'ready' | 'stale' | 'refused'
  readonly again: () => void
}

export interface AnswerOptions {
  /** Asks again after so long, while somebody looks. */
  readonly every_ms?: number
}

/** `null` asks nothing, as long as it is not known what to ask. */
export function useAnswer<Path extends GetPath>(
  path: Path,
  asked: Asked<Path> | null,
  options: AnswerOptions = {},
): Asking<Answer<Path>> {
  return useAnswerAt<Answer<Path>>(asked === null ? null : urlOf(path, asked), options)
}

/** The same of an address that an answer names, such as the people behind a number. */
export function useAnswerAt<A>(url: string | null, { every_ms }: AnswerOptions = {}): Asking<A> {
  const api = useApi()
  const [told, setTold] = useState<Told>()
  const [failed, setFailed] = useState<{ readonly url: string; readonly refusal: Refusal }>()
  const [round, setRound] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a further round asks again
  useEffect(() => {
    if (url === null) return
    const leaving = new AbortController()
    const kept = api.kept(url)
    if (kept) setTold(kept)
    const onTold = (next: Told) => {
      setFailed(undefined)
      setTold((before) => (before?.url === url && before.text === next.text ? before : next))
    }
    const onRefusal = (refusal: Refusal) => setFailed({ url, refusal })
    void keepAsking({ api, url, every_ms, signal: leaving.signal, onTold, onRefusal })
    return () => leaving.abort()
  }, [api, url, every_ms, round])
  const again = useCallback(() => setRound((before) => before + 1), [])
  const refusal = failed?.url === url ? failed?.refusal : undefined
  return {
    answer: told?.answer as A | undefined,
    refusal,
    state: stateOf(url, told, refusal),
    again,
  }
}

function stateOf(url: string | null, told: Told | undefined, refusal: Refusal | undefined) {
  if (told?.url === url && told) return 'ready'
  if (refusal) return 'refused'
  return told ? 'stale' : 'waiting'
}

interface KeepAsking {
  readonly api: Api
  readonly url: string
  readonly every_ms: number | undefined
  readonly signal: AbortSignal
  readonly onTold: (told: Told) => void
  readonly onRefusal: (refusal: Refusal) => void
}

async function keepAsking({ api, url, every_ms, signal, onTold, onRefusal }: KeepAsking) {
  while (!signal.aborted) {
    let pause_ms = every_ms
    try {
      const told = await api.read(url, signal)
      if (!signal.aborted) onTold(told)
    } catch (thrown) {
      if (signal.aborted) return
      const refusal = thrown instanceof Refusal ? thrown : AWAY
      onRefusal(refusal)
      if (refusal.kind === 'away') pause_ms = RETRY_MS
    }
    if (pause_ms === undefined) return
    await rest(pause_ms, signal)
  }
}

/** So long, and then until somebody looks at the page. */
export function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onLook)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const onLook = () => {
      if (!document.hidden && rested === 'rested') done()
    }
    let rested: 'resting' | 'rested' = 'resting'
    const timer = setTimeout(() => {
      rested = 'rested'
      if (!document.hidden) done()
    }, ms)
    document.addEventListener('visibilitychange', onLook)
    signal.addEventListener('abort', done)
  })
}
