/** A link to a view that keeps what views share (time, filters), without loading the page anew. */
import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { pathOf, useAddress, useAddressBook, withQuery } from '../state/address.ts'
import { sharedOf } from '../state/shared.ts'

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string
  /** Further parts of the path, such as one customer. */
  readonly rest?: readonly string[]
  /** Fields of the view that is gone to, as they stand in an address. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>
}

export function Link({ to, rest = [], query = {}, onClick, children, ...others }: LinkProps) {
  const book = useAddressBook()
  const { query: now } = useAddress()
  const written = sharedOf(now)
  for (const [name, value] of Object.entries(query)) {
    written.delete(name)
    for (const one of typeof value === 'string' ? [value] : value) written.append(name, one)
  }
  const href = withQuery(pathOf(to, rest), written)
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey)
    if (!isPlain || event.defaultPrevented) return
    event.preventDefault()
    book.go(href)
  }
  return (
    <a {...others} href={href} onClick={go}>
      {children}
    </a>
  )
}
