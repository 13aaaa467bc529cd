/**
 * Directories that survive a power cut: a file's name is durable only once its directory is synced.
 */
import { dirname, resolve } from 'node:path'
import type { FileSystem } from './file_system.ts'

/** What a system answers for a directory above ours that this process may not open or sync. */
const NOT_OURS = ['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP', 'ENOSYS']

/**
 * Creates a directory and those above it, and makes all their names durable.
 * Tricky: also of those that exist already. Whoever created one may have been killed before it
 * synced the directory above, and nothing shows that.
 */
export async function createDirectory(files: FileSystem, path: string): Promise<void> {
  await files.makeDirectory(path)
  for (let at = resolve(path); dirname(at) !== at; at = dirname(at)) {
    await files.syncDirectory(dirname(at)).catch((error: NodeJS.ErrnoException) => {
      if (!NOT_OURS.includes(error.code ?? '')) throw error
    })
  }
}
