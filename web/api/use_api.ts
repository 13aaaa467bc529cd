/** The client that all below the page's root ask with. */
import { createContext, use } from 'react'
import type { Api, Connection } from './client.ts'
import { useStore } from './store.ts'

export const ApiContext = createContext<Api | null>(null)

export function useApi(): Api {
  const api = use(ApiContext)
  if (!api) throw new Error('There is no client: render below ApiContext.')
  return api
}

export function useConnection(): Connection {
  return useStore(useApi().connection)
}
