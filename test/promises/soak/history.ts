/** A past for the shop: what a store that is as large as its memory limit costs shows at once. */
import { join } from 'node:path'
import { runToEnd } from '../../cli/up_process.ts'

/** Imports so many events into a data folder; answers how many are stored. */
export async function importHistory(folder: string, events: number, seed: number): Promise<number> {
  if (events === 0) return 0
  const file = join(folder, 'history.csv')
  console.log(`importing ${events} events`)
  await run(['simulate', '--out', file, '--events', `${events}`, '--seed', `${seed}`])
  const told = await run(['import', file, '--format', 'rees46', '--data', folder, '--json'])
  return (JSON.parse(told) as { readonly stored: number }).stored
}

async function run(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runToEnd(args)
  if (code !== 0) throw new Error(`clickpath ${args[0]} ended with ${code}: ${stderr}`)
  return stdout
}
