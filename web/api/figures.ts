/**
 * The live figures, asked once for the whole page: how far the events go, whether there are any,
 * and by the way whether the server answers.
 */
import { createContext, use } from 'react'
import type { Answer } from './routes.ts'
import type { Asking } from './use_answer.ts'

export type Figures = Answer<'/api/figures'>

export const FIGURES_EVERY_MS = 2_000

export const FiguresContext = createContext<Asking<Figures> | null>(null)

export function useFigures(): Asking<Figures> {
  const figures = use(FiguresContext)
  if (!figures) throw new Error('There are no figures: render below FiguresContext.')
  return figures
}
