/** Imports through the command itself, in this process, and what tests need around it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { runHere } from '../cli/surroundings.ts'

export interface Told {
  readonly lane: string
  readonly number: number
  readonly continued_at: number
  readonly received: number
  readonly stored: number
  readonly duplicate: number
  readonly invalid: number
  readonly filtered: number
  readonly erased: number
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
}

/** Imports one file and answers what the command said of it. */
export async function imported(
  directory: string,
  file: string,
  ...args: readonly string[]
): Promise<Told> {
  const isTold = args.includes('--format') || args.includes('--stream')
  const format = isTold ? [] : ['--format', 'rees46']
  const line = ['import', file, '--data', directory, '--json', '--log-reserve-mb', '0']
  const { code, stdout, stderr } = await runHere([...line, ...format, ...args])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout) as Told
}

/** A folder that is gone after the test. */
export function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'clickpath-import-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const REES46_HEAD =
  'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session'

/** A row of a REES46 file, good unless a cell says otherwise. */
export function rees46Row(cells: Readonly<Record<string, string>> = {}): string {
  const row: Readonly<Record<string, string>> = {
    event_time: '2019-10-01 00:00:00 UTC',
    event_type: 'view',
    product_id: '5773203',
    category_id: '1487580005134238553',
    category_code: 'apparel.shoes',
    brand: 'runail',
    price: '2.62',
    user_id: '463240011',
    user_session: '26dd6e6e-4dac-4778-8d2c-92e149dab885',
    ...cells,
  }
  return REES46_HEAD.split(',')
    .map((name) => row[name])
    .join(',')
}

/** Writes a file of lines, with a line break after the last one too. */
export function fileOf(t: TestContext, lines: readonly string[], name = 'rows.csv'): string {
  const file = join(folder(t), name)
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''))
  return file
}

export const counts = ({ received, stored, duplicate, invalid }: Told) => ({
  received,
  stored,
  duplicate,
  invalid,
})
