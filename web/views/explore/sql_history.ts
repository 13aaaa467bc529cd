/** What was asked before, kept in this browser alone; the newest first, each once. */
const KEY = 'clickpath-sql'
const KEPT_MAX = 50
const LENGTH_MAX = 20_000

export function past(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter((sql) => typeof sql === 'string') : []
  } catch {
    // Somebody else wrote there, or nothing may be read: then there is no past.
    return []
  }
}

export function remember(sql: string): void {
  if (sql.length > LENGTH_MAX) return
  keep([sql, ...past().filter((other) => other !== sql)].slice(0, KEPT_MAX))
}

export function forget(): void {
  keep([])
}

function keep(all: readonly string[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(all))
  } catch {
    // A browser that keeps nothing runs queries all the same.
  }
}
