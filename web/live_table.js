/** A table in the page whose rows come, change and go; what changed lights up and fades. */
import { el } from './dom.js'
import { cellText, isNumber } from './format.js'

/** What every row has and nobody reads: where it ends, and a counter. */
const HIDDEN = new Set(['window_end', 'version'])

/** When comes first; of a stream, what only names the row comes last. */
function columnsOf({ columns, time, identity, kind }) {
  const place = ({ name }) => {
    if (name === time) return 0
    return kind === 'stream' && identity.includes(name) ? 2 : 1
  }
  return columns
    .filter(({ name }) => !HIDDEN.has(name))
    .toSorted((one, other) => place(one) - place(other))
}

export class LiveTable {
  #info
  #rows_max
  #columns
  #rows = new Map()
  #body = el('tbody')
  #state = 'empty'
  element

  constructor(info, rows_max) {
    this.#info = info
    this.#rows_max = rows_max
    this.#columns = columnsOf(info)
    const heads = this.#columns.map(({ name, type, about, exact }) => {
      const title = exact === 'exact' ? about : `${about} (${exact})`
      const words = type === 'timestamp' ? `${name} (UTC)` : name
      return el('th', { scope: 'col', title, class: isNumber(type) ? 'number' : null }, words)
    })
    const head = el('thead', {}, el('tr', {}, heads))
    const table = el('table', {}, head, this.#body)
    this.element = el('div', { class: 'scroll', tabindex: '0' }, table)
  }

  get size() {
    return this.#rows.size
  }

  /** `event` is snapshot, upsert or delete, as the live stream says it. */
  take(event, rows) {
    const named = rows.map((row, at) => [this.#nameOf(row, at), row])
    if (event === 'delete') for (const [name] of named) this.#remove(name)
    else for (const [name, row] of named) this.#put(name, row)
    if (event === 'snapshot') {
      const kept = new Set(named.map(([name]) => name))
      for (const name of this.#rows.keys()) if (!kept.has(name)) this.#remove(name)
    }
    this.#arrange()
    this.#state = 'filled'
  }

  #nameOf(row, at) {
    const { identity } = this.#info
    return JSON.stringify(identity.length > 0 ? identity.map((name) => row[name]) : [row, at])
  }

  #put(name, row) {
    const known = this.#rows.get(name)
    if (!known) {
      const cells = this.#columns.map(({ name: column, type }) => this.#cell(row[column], type))
      if (this.#state === 'filled') for (const cell of cells) cell.classList.add('changed')
      this.#rows.set(name, { row, line: el('tr', {}, cells) })
      return
    }
    for (const [at, { name: column, type }] of this.#columns.entries()) {
      if (JSON.stringify(known.row[column]) === JSON.stringify(row[column])) continue
      const cell = this.#cell(row[column], type)
      cell.classList.add('changed')
      known.line.children[at].replaceWith(cell)
    }
    known.row = row
  }

  #cell(value, type) {
    const text = cellText(value, type)
    const cell = el('td', { title: text.length > 30 ? text : null }, text)
    if (isNumber(type)) cell.classList.add('number')
    if (value === null) cell.classList.add('none')
    return cell
  }

  #remove(name) {
    this.#rows.get(name)?.line.remove()
    this.#rows.delete(name)
  }

  /** The newest first, then by what names a row; what is too much goes. */
  #arrange() {
    const { time, identity } = this.#info
    const rest = identity.filter((name) => name !== time)
    const compare = (one, other) => {
      const [left, right] = [String(one.row[time] ?? ''), String(other.row[time] ?? '')]
      if (left !== right) return left < right ? 1 : -1
      const name = rest.find((key) => one.row[key] !== other.row[key])
      return name === undefined ? 0 : String(one.row[name]).localeCompare(String(other.row[name]))
    }
    const sorted = [...this.#rows].sort(([, one], [, other]) => compare(one, other))
    for (const [name] of sorted.splice(this.#rows_max)) this.#remove(name)
    for (const [at, [, { line }]] of sorted.entries()) {
      const there = this.#body.children[at]
      if (there !== line) this.#body.insertBefore(line, there ?? null)
    }
  }
}
