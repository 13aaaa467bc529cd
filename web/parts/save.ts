/** Saves what is shown as a file of the reader's: rows as CSV, a chart as PNG. */
import { csvOf } from '../../src/serve/csv.ts'
import type { GridColumn } from './grid.tsx'

const IS_NUMBER: ReadonlySet<string> = new Set(['count', 'number', 'share', 'money', 'duration'])

/** Exact values, not as they are written on the page. */
export function saveRows<R>(name: string, columns: readonly GridColumn<R>[], rows: readonly R[]) {
  const named = columns.map(({ name: column, kind = 'text' }) => {
    return { name: column, type: IS_NUMBER.has(kind) ? 'double' : 'text' }
  })
  const plain = rows.map((row) =>
    Object.fromEntries(columns.map(({ name: column, value }) => [column, value(row)])),
  )
  save(new Blob([csvOf(named, plain)], { type: 'text/csv;charset=utf-8' }), `${fileName(name)}.csv`)
}

export async function saveImage(name: string, dataUrl: string): Promise<void> {
  const [, text = ''] = dataUrl.split(',', 2)
  const bytes = Uint8Array.from(atob(text), (letter) => letter.codePointAt(0) ?? 0)
  save(new Blob([bytes], { type: 'image/png' }), `${fileName(name)}.png`)
}

export function save(content: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // Not at once: the browser may still be reading it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

const fileName = (name: string): string =>
  `clickpath-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`
