/** Rows as sorted texts, so that two tables are equal whatever the order of their rows. */

/** A value such that equal ones are equal texts; means may differ in their last digits. */
function cellText(value: unknown): string {
  const isNumber = typeof value === 'number' || /^-?\d+\.\d+$/.test(String(value))
  if (!isNumber) return String(value ?? null)
  const rounded = Number(Number(value).toPrecision(10))
  return String(Object.is(rounded, -0) ? 0 : rounded)
}

export function rowTexts(rows: readonly object[], names: readonly string[]): readonly string[] {
  const texts = rows.map((row) => {
    const cells = new Map<string, unknown>(Object.entries(row))
    return names.map((name) => `${name}=${cellText(cells.get(name))}`).join('\n')
  })
  return texts.sort()
}
