/** What `clickpath import --dry-run` prints: the first rows as they would be, and what is wrong. */
import type { Preview } from '../collect/files/preview.ts'
import type { Context } from './command.ts'
import { countText } from './numbers.ts'

/** One JSON object a file, or some lines for people. */
export function tellPreview({ json, stdout }: Context, file: string, preview: Preview): void {
  stdout.write(json ? `${JSON.stringify({ file, ...preview })}\n` : linesOf(file, preview))
}

const RAW_SHOWN = 200

function linesOf(file: string, { rows, records, first, reasons }: Preview): string {
  const told = Object.entries(records).map(([kind, count]) => `${countText(count)} ${kind}`)
  const lines = [`${file}: of the first ${countText(rows)} rows: ${told.join(' · ')}`]
  for (const record of first) lines.push(`  ${JSON.stringify(record)}`)
  for (const { kind, reason, count, detail, raw } of reasons) {
    lines.push(`  ${countText(count)} ${kind}, ${reason}: ${detail}`)
    lines.push(`    such as ${raw.slice(0, RAW_SHOWN)}`)
  }
  lines.push('  Nothing was written; without --dry-run it is imported.')
  return `${lines.join('\n')}\n`
}
