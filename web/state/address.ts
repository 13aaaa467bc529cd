/**
 * The address is the page's state: which view, and all that was chosen in it. Whoever copies it
 * sees the same. A view is the path's first part, what it shows in detail the rest.
 */
import { createContext, use, useCallback, useMemo } from 'react'
import { Store, useStore } from '../api/store.ts'
import { readFields, type ValuesOf, writeFields } from './fields.ts'

export interface Address {
  readonly view: string
  /** Further parts of the path, decoded. */
  readonly rest: readonly string[]
  readonly query: string
}

/** `step`: the reader can go back to before. `replace`: not worth a step, such as typing. */
export type Manner = 'step' | 'replace'

export class AddressBook {
  readonly store: Store<Address>
  readonly #window: Window

  constructor(window: Window) {
    this.#window = window
    this.store = new Store(this.#read())
    window.addEventListener('popstate', () => this.store.set(this.#read()))
  }

  go(url: string, manner: Manner = 'step'): void {
    const { history } = this.#window
    if (manner === 'step') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    this.store.set(this.#read())
  }

  #read(): Address {
    const { pathname, search } = this.#window.location
    const [view = '', ...rest] = pathname.split('/').slice(1).map(decode)
    return { view, rest: rest.filter((part) => part !== ''), query: search.slice(1) }
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export const AddressContext = createContext<AddressBook | null>(null)

export function useAddressBook(): AddressBook {
  const book = use(AddressContext)
  if (!book) throw new Error('There is no address: render below AddressContext.')
  return book
}

export function useAddress(): Address {
  return useStore(useAddressBook().store)
}

export function pathOf(view: string, rest: readonly string[] = []): string {
  return `/${[view, ...rest].map(encodeURIComponent).join('/')}`
}

/** Changes some fields, and leaves all else in the address as it is. */
export type Change<F> = (values: Partial<ValuesOf<F>>, manner?: Manner) => void

/** The fields' values, and a function that changes them. `fields` is a constant of the view. */
export function useFields<F>(fields: F): readonly [ValuesOf<F>, Change<F>] {
  const book = useAddressBook()
  const { query } = useAddress()
  const values = useMemo(() => readFields(fields, new URLSearchParams(query)), [fields, query])
  const change = useCallback<Change<F>>(
    (changed, manner) => {
      const { view, rest, query: now } = book.store.get()
      const written = writeFields(fields, new URLSearchParams(now), changed)
      book.go(withQuery(pathOf(view, rest), written), manner)
    },
    [book, fields],
  )
  return [values, change]
}

export function withQuery(path: string, query: URLSearchParams): string {
  return query.size === 0 ? path : `${path}?${query}`
}
