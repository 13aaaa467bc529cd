/** `clickpath backup`: copies what cannot be made again while everything runs; proves the copy. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ClickpathError } from '../std/errors.ts'
import { command, DATA_OPTION } from './command.ts'
import { verdictOf } from './doctor/finding.ts'
import { bytesText, countText } from './numbers.ts'

/** What a former backup holds, and nothing else does. */
const KNOWN = ['log', 'archive', 'erasures', 'keys.json', 'tokens.json']

export const backupCommand = command({
  name: 'backup',
  summary: 'copy log, archive and keys to another folder, while everything runs',
  usage: 'FOLDER [--data DIR]',
  options: { data: { ...DATA_OPTION, about: 'The data folder to copy.' } },
  examples: ['clickpath backup BACKUP_FOLDER', 'clickpath up --data BACKUP_FOLDER'],
  run: async (context) => {
    const { arguments: words, options, cwd, stdout, json } = context
    const [folder, ...others] = words
    if (folder === undefined || others.length > 0) {
      throw new ClickpathError('USAGE', 'Name the folder to copy to: clickpath backup FOLDER.')
    }
    const directory = resolve(cwd, options.data)
    const target = resolve(cwd, folder)
    const { requireFiles } = await import('../log/open_log.ts')
    const instead = 'Kafka keeps copies by replication; another cluster can mirror the topic.'
    requireFiles(context.settings, '`clickpath backup`', instead)
    await requireBackup(directory, target)
    const { copyFolder } = await import('./backup_folder.ts')
    const { checkLog } = await import('./doctor/log.ts')
    const copied = await copyFolder(directory, target)
    const { settings } = context
    const found = await checkLog({ directory: target, settings, context }, 'tell')
    const verdict = verdictOf(found)
    if (json) stdout.write(`${JSON.stringify({ target, ...copied, verdict, found })}\n`)
    else {
      const { files, copied_files, copied_bytes } = copied
      const news = `${countText(copied_files)} of ${countText(files)} files were new or changed`
      stdout.write(`${target}: ${news} (${bytesText(copied_bytes)}).\n`)
      for (const { said } of found.filter((one) => one.verdict !== 'note'))
        stdout.write(`${said}.\n`)
    }
    return verdict === 'problem' ? 1 : 0
  },
})

/** A folder of something else is not to be made like the data folder. */
async function requireBackup(directory: string, target: string): Promise<void> {
  const names = await readdir(target).catch((): string[] => [])
  const strange = names.find((name) => !KNOWN.includes(name))
  if (strange !== undefined || `${target}/`.startsWith(join(directory, '/'))) {
    const why = strange === undefined ? 'it lies in the data folder' : `it holds ${strange}`
    throw new ClickpathError('USAGE', `${target} cannot be a backup: ${why}. Name a new folder.`)
  }
}
