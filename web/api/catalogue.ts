/** What tables there are, asked once for the whole page: which views there are depends on it. */
import { createContext, use } from 'react'
import type { Answer } from './routes.ts'
import type { Asking } from './use_answer.ts'

export const CATALOGUE_EVERY_MS = 60_000

export type Catalogue = Answer<'/api/tables'>
export type TableInfo = Catalogue['tables'][number]
export type ColumnInfo = TableInfo['columns'][number]

export const CatalogueContext = createContext<Asking<Catalogue> | null>(null)

export function useCatalogue(): Asking<Catalogue> {
  const catalogue = use(CatalogueContext)
  if (!catalogue) throw new Error('There is no catalogue: render below CatalogueContext.')
  return catalogue
}
