/** `clickpath erase`: takes people out of everything, shows what would go, looks what is left. */
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Begun, Preview } from '../erase/erasures.ts'
import type { Receipt } from '../erase/receipts.ts'
import type { SearchAnswer } from '../erase/search.ts'
import { ClickpathError } from '../std/errors.ts'
import { askServer, serverOf, withProcessor } from './ask.ts'
import { type Context, command, DATA_OPTION, type ExitCode } from './command.ts'
import { bytesText, countText } from './numbers.ts'
import { printRows } from './output.ts'

const OPTIONS = {
  data: DATA_OPTION,
  'dry-run': { type: 'boolean', about: 'Show who is meant and what would go; changes nothing.' },
  yes: { type: 'boolean', about: 'Do it. It cannot be undone.' },
  check: {
    type: 'boolean',
    about: 'Look for these very ids in every file and table; exit code 1 where any is found.',
  },
} as const

type EraseContext = Context<typeof OPTIONS>

/** How one asks for it, at a server or in the data folder itself. */
interface Door {
  preview(ids: readonly string[]): Promise<Preview>
  /** Answers when all is removed and the tables are full again. */
  erase(ids: readonly string[]): Promise<Begun & { readonly receipt: Receipt }>
  search(ids: readonly string[]): Promise<SearchAnswer>
}

const POLL_MS = 200

export const eraseCommand = command({
  name: 'erase',
  summary: 'take people out of log, tables, archive and refused events, for good',
  usage: 'USER... --dry-run | --yes | --check [--data DIR]',
  options: OPTIONS,
  examples: [
    'clickpath erase customer-42 --dry-run',
    'clickpath erase customer-42 --yes',
    'clickpath erase --check customer-42 cookie-1',
  ],
  run: async (context) => {
    const { arguments: ids, options, cwd } = context
    const wanted = (['dry-run', 'yes', 'check'] as const).filter((name) => options[name])
    if (ids.length === 0) {
      const whom = 'a user id, a visitor or a person'
      throw new ClickpathError('USAGE', `Say who: ${whom}. Several are done at once.`)
    }
    if (wanted.length !== 1) {
      const words = '--dry-run shows what would go, --yes does it, --check looks what is left'
      throw new ClickpathError('USAGE', `Say one of: ${words}. An erasure cannot be undone.`)
    }
    const directory = resolve(cwd, options.data)
    return through(context, directory, (door) => run(context, door, ids, wanted[0] ?? 'dry-run'))
  },
})

async function run(
  context: EraseContext,
  door: Door,
  ids: readonly string[],
  what: 'dry-run' | 'yes' | 'check',
): Promise<ExitCode> {
  const { json, stdout } = context
  const print = (answer: object, sentences: () => string) =>
    stdout.write(json ? `${JSON.stringify(answer)}\n` : sentences())
  if (what === 'dry-run') {
    const preview = await door.preview(ids)
    print(preview, () => previewText(preview))
    return 0
  }
  if (what === 'check') {
    const answer = await door.search(ids)
    print(answer, () => searchText(answer))
    if (!json && answer.found > 0)
      printRows(
        stdout,
        answer.places.map((place) => ({ ...place })),
        'table',
      )
    return answer.found === 0 ? 0 : 1
  }
  const { receipt, identifiers, shared } = await door.erase(ids)
  const check = `clickpath erase --check ${identifiers.map(quoted).join(' ')}`
  // Told this once, to whoever asked: the receipt that is kept names nobody.
  const told = { ...receipt, check, identifiers, shared }
  print(told, () => receiptText(told))
  return 0
}

async function through<T>(
  context: EraseContext,
  directory: string,
  work: (door: Door) => Promise<T>,
): Promise<T> {
  const url = serverOf(directory)
  if (url !== undefined) return work(doorOfServer(context, directory, url))
  return withProcessor(context, directory, ({ erasures, engine }) =>
    work({
      preview: (ids) => erasures.preview(ids),
      search: (ids) => erasures.search(ids),
      erase: async (ids) => {
        const begun = await erasures.begin(ids)
        await erasures.finish()
        await engine.catchUp(context.signal)
        const receipt = erasures.receipts().find(({ erasure }) => erasure === begun.erasure)
        if (!receipt) throw new ClickpathError('UNKNOWN_ERASURE', begun.erasure)
        return { ...begun, receipt }
      },
    }),
  )
}

function doorOfServer(context: EraseContext, directory: string, url: string): Door {
  const post = (path: string, ids: readonly string[]) => askServer(url, 'POST', path, { ids })
  return {
    preview: async (ids) => (await post('/api/erase/preview', ids)) as Preview,
    search: async (ids) => (await post('/api/erasures/search', ids)) as SearchAnswer,
    erase: async (ids) => {
      const begun = (await post('/api/erase', ids)) as Begun
      const receipt = await awaitReceipt(context, directory, begun.erasure)
      return { ...begun, receipt }
    },
  }
}

/** The server goes on by itself, and after a restart too: this only waits and looks. */
async function awaitReceipt(
  { signal, stderr }: EraseContext,
  directory: string,
  erasure: string,
): Promise<Receipt> {
  stderr.write(`Erasure ${erasure} is durable, and will be finished even if this command ends.\n`)
  for (;;) {
    const url = serverOf(directory)
    const receipt = url && (await answerOf<Receipt>(url, 'GET', `/api/erasures/${erasure}`))
    if (url && receipt && receipt.completed_at !== null) {
      const flushed = await answerOf<{ visible: string }>(url, 'POST', '/api/flush')
      if (flushed?.visible === 'visible') return receipt
    }
    await sleep(POLL_MS, undefined, { signal })
  }
}

/** Undefined while nobody answers, or all are told to come again. */
async function answerOf<T>(url: string, method: 'GET' | 'POST', path: string) {
  try {
    return (await askServer(url, method, path)) as T
  } catch (thrown) {
    const isAnswer = thrown instanceof ClickpathError && thrown.retry === 'never'
    if (isAnswer) throw thrown
    return undefined
  }
}

const quoted = (id: string) => (/^[\w.@-]+$/.test(id) ? id : `'${id.replaceAll("'", `'\\''`)}'`)

const kindsText = (records: Readonly<Record<string, number>>) =>
  Object.entries(records)
    .map(([kind, many]) => `${countText(many)} ${kind}`)
    .join(' · ') || 'none'

function whoText({ identifiers, shared }: Pick<Preview, 'identifiers' | 'shared'>): string {
  const stay = `Devices that others have used too, which stay: ${shared.join(', ')}\n`
  return `Identifiers: ${identifiers.join(', ')}\n${shared.length > 0 ? stay : ''}`
}

function previewText(preview: Preview): string {
  const { visitors, events, orders, records, segments, bytes } = preview
  const held = `${countText(visitors)} visitors, ${countText(events)} events, `
  return `${whoText(preview)}In the tables: ${held}${countText(orders)} orders
Records of the log: ${kindsText(records)}, about ${bytesText(bytes)} in ${segments} segments
Nothing was changed; with --yes all of it goes, and cannot be brought back.\n`
}

function receiptText(told: Receipt & Pick<Preview, 'identifiers' | 'shared'>): string {
  const { removed, erasure, completed_at, check } = told
  const { records = {}, log_segments = 0, archive_files = 0, unreadable = [] } = removed ?? {}
  const damaged = unreadable.map(({ lane, segment, from, to }) => {
    return `Damaged, so that nobody can look there: lane ${lane}, ${segment}, ${from} to ${to}\n`
  })
  return `${whoText(told)}Removed: ${kindsText(records)}; ${log_segments} segments of the log and \
${archive_files} archived files rewritten, the tables built anew
${damaged.join('')}Receipt ${erasure}, done at ${completed_at}; kept without names in erasures/
Look whether anything is left: ${check}\n`
}

function searchText({ found, files, bytes, tables }: SearchAnswer): string {
  const where = `${countText(files)} files (${bytesText(bytes)}) and ${countText(tables)} tables`
  return `found ${countText(found)} in ${where}\n`
}
