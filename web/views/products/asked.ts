/** What the parts of this view are asked with: the time, and which products are meant. */
import { useMemo } from 'react'
import { useFields } from '../../state/address.ts'
import { list, text } from '../../state/fields.ts'
import { type Period, type Span, usePeriod } from '../../state/period.ts'

export const FIELDS = { category: list(), currency: text() } as const

export interface ProductsAsked extends Span {
  readonly category?: readonly string[]
  readonly currency?: string
}

export interface AskedTimes {
  readonly period: Period
  readonly now: ProductsAsked
  /** The same of the time before; null where nothing is compared. */
  readonly before: ProductsAsked | null
}

/** Null as long as it is not known how far the events go. */
export function useProductsAsked(): AskedTimes | null {
  const period = usePeriod()
  const [{ category, currency }] = useFields(FIELDS)
  return useMemo(() => {
    if (!period) return null
    const which = {
      ...(category.length > 0 ? { category } : {}),
      ...(currency ? { currency } : {}),
    }
    const { current, previous } = period
    return {
      period,
      now: { ...current, ...which },
      before: previous && { ...previous, ...which },
    }
  }, [period, category, currency])
}

/** `electronics.audio.headphone` as `headphone`, with the rest for who asks. */
export const shortCategory = (category: string): string => category.split('.').at(-1) ?? category
