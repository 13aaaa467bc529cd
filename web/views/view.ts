/** What the frame knows of a view before it loads it. */
import type { ComponentType } from 'react'
import type { IconName } from '../parts/icon.tsx'

export interface View {
  /** The first part of its address. */
  readonly name: string
  readonly title: string
  /** The question it answers, in one sentence. */
  readonly answers: string
  readonly icon: IconName
  /** It appears when all of these are in the catalogue. */
  readonly tables: readonly string[]
  /** Its own chunk: loaded when somebody goes there. */
  readonly load: () => Promise<{ readonly default: ComponentType }>
}
