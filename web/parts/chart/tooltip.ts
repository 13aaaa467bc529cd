/** What a chart says under the pointer: elements with text in them, so that no text is markup. */

export interface TooltipRow {
  readonly name: string
  readonly value: string
  /** A colour as the chart drew it. */
  readonly colour?: string
}

export function tooltipOf(title: string, rows: readonly TooltipRow[]): HTMLElement {
  const head = document.createElement('p')
  head.textContent = title
  const list = document.createElement('dl')
  for (const { name, value, colour } of rows) {
    const term = document.createElement('dt')
    term.textContent = name
    if (colour) {
      const mark = document.createElement('i')
      mark.style.background = colour
      term.prepend(mark)
    }
    const told = document.createElement('dd')
    told.textContent = value
    list.append(term, told)
  }
  const whole = document.createElement('div')
  whole.append(head, list)
  return whole
}
