/** One query at a time: what it answered, or what is wrong with it. */
import { useCallback, useState } from 'react'
import { Refusal } from '../../api/refusal.ts'
import type { PostAnswer } from '../../api/routes.ts'
import { useApi } from '../../api/use_api.ts'

export interface Result {
  readonly sql: string
  readonly answer: PostAnswer<'/api/query'>
  readonly took_s: number
}

export interface Wrong {
  readonly sql: string
  readonly said: string
  readonly position: number | undefined
}

export function useQuery() {
  const api = useApi()
  const [state, setState] = useState<'idle' | 'running'>('idle')
  const [result, setResult] = useState<Result>()
  const [wrong, setWrong] = useState<Wrong>()
  const run = useCallback(
    async (sql: string) => {
      setState('running')
      setWrong(undefined)
      const began_ms = performance.now()
      try {
        const answer = await api.post('/api/query', { sql })
        setResult({ sql, answer, took_s: (performance.now() - began_ms) / 1_000 })
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown
        // Rows of another query below a message would look like this one's.
        setResult(undefined)
        setWrong({ sql, said: thrown.message, position: thrown.position })
      } finally {
        setState('idle')
      }
    },
    [api],
  )
  return { run, state, result, wrong }
}
