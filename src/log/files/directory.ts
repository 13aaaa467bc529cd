/**
 * Directories that survive a power cut: a file's name is durable only once its directory is synced.
 */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

export async function syncDirectory(path: string): Promise<void> {
  // Tricky: Windows cannot sync a directory and journals names by itself.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Creates a directory and those above it, and makes each new name durable in its parent. */
export async function createDirectory(path: string): Promise<void> {
  const highest = await mkdir(path, { recursive: true })
  if (highest === undefined) return
  let created = path
  while (created.length >= highest.length) {
    created = dirname(created)
    await syncDirectory(created)
  }
}
