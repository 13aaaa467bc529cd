/** Numbers as people read them: 12,345 · 3.2 MB · 1 min 5 s. */

export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Powers of 1,000, as disks are sold and settings are written. */
export function bytesText(bytes: number): string {
  let size = bytes
  let unit = 0
  while (Math.abs(size) >= 999.5 && unit < UNITS.length - 1) {
    size /= 1_000
    unit += 1
  }
  const digits = unit === 0 || size >= 99.95 ? 0 : 1
  return `${size.toFixed(digits)} ${UNITS[unit]}`
}

export function durationText(duration_ms: number): string {
  if (duration_ms < 1_000) return `${Math.round(duration_ms)} ms`
  if (duration_ms < 59_950) return `${(duration_ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(duration_ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}
