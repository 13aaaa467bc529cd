/** The order of a grid as the API and the address write it: `-revenue` for the greatest first. */
import type { GridOrder } from './grid.tsx'

export const orderOf = (text: string): GridOrder => ({
  column: text.replace(/^-/, ''),
  direction: text.startsWith('-') ? 'descending' : 'ascending',
})

export const orderText = ({ column, direction }: GridOrder): string =>
  direction === 'descending' ? `-${column}` : column
