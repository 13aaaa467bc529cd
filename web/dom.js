/** Elements from values. Text goes in as text, never as markup: what was sent is shown, not run. */

/**
 * `el('p', { class: 'note' }, 'text', child)`. Attributes that are functions listen: `onclick`.
 * Children that are null are left out.
 */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(attribute.slice(2), value)
    else if (value === true) element.setAttribute(attribute, '')
    else if (value !== null && value !== false) element.setAttribute(attribute, value)
  }
  element.append(...children.flat().filter((child) => child !== null))
  return element
}

export function svg(name, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [attribute, value] of Object.entries(attributes))
    element.setAttribute(attribute, value)
  element.append(...children)
  return element
}

/** One figure under its name. */
export function card(name, value, aside = null, size = '') {
  const small = aside === null ? null : el('span', { class: 'aside' }, aside)
  return el('div', { class: `card ${size}` }, el('dt', {}, name), el('dd', {}, value, small))
}

/** A plain table: columns are [heading, row => text or element, 'number' or nothing]. */
export function plainTable(columns, rows) {
  const heads = columns.map(([name, , kind]) => el('th', { scope: 'col', class: kind }, name))
  const lines = rows.map((row) => {
    const cells = columns.map(([, value, kind]) => el('td', { class: kind ?? null }, value(row)))
    return el('tr', {}, cells)
  })
  const table = el('table', {}, el('thead', {}, el('tr', {}, heads)), el('tbody', {}, lines))
  return el('div', { class: 'scroll', tabindex: '0' }, table)
}

/** A line to type in a terminal, with a button that copies it. */
export function command(line) {
  const copy = async ({ target }) => {
    await navigator.clipboard.writeText(line)
    target.textContent = 'Copied'
  }
  const button = navigator.clipboard
    ? el('button', { type: 'button', onclick: copy }, 'Copy')
    : null
  return el('div', { class: 'command' }, el('pre', {}, line), button)
}
