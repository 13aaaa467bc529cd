/** `clickpath import`: historical files through the same log, silver and tables as live events. */
import { basename, parse, resolve } from 'node:path'
import type { FileFormatName } from '../collect/files/formats.ts'
import type { FileProgress, ImportedFile, ImportOptions } from '../collect/files/import_file.ts'
import { ClickpathError } from '../std/errors.ts'
import { type Context, command, DATA_OPTION, type ExitCode } from './command.ts'
import { type Outcome, readOutcome, tellOutcome } from './import_outcome.ts'
import { tellPreview } from './import_preview.ts'
import { type ImportTables, withTables } from './import_tables.ts'
import { Progress } from './progress.ts'

const OPTIONS = {
  data: DATA_OPTION,
  format: {
    type: 'string',
    value: 'WORD',
    about:
      'What the files are: rees46, retailrocket, segment, ga4, snowplow, csv, ndjson or parquet.',
  },
  map: {
    type: 'string',
    value: 'FILE',
    about: 'CSV or Parquet with other columns: a JSON file that says which are which.',
  },
  'dry-run': {
    type: 'boolean',
    about: 'Show the first rows as they would be and what is wrong with them; write nothing.',
  },
  stream: {
    type: 'string',
    value: 'WORD',
    default: 'events',
    about: 'What their rows are: events, products, customers or rates (of currencies).',
  },
  source: {
    type: 'string',
    value: 'NAME',
    about:
      'The source that the events are counted under; else the name of the format or the mapping.',
  },
  'event-id': {
    type: 'string',
    value: 'WORD',
    default: 'row',
    about:
      'Ids of rows without one: row (file and row number) or content (files that overlap share ids).',
  },
} as const

type ImportContext = Context<typeof OPTIONS>
type Plan = Pick<ImportOptions, 'stream' | 'event_id' | 'mapping' | 'source'> & {
  /** Undefined where each file tells by itself what it is. */
  readonly format: FileFormatName | undefined
}

export const importCommand = command({
  name: 'import',
  summary: 'bring in historical files, while a server runs or not',
  usage: 'FILE... --format WORD | --map FILE | --stream products|customers|rates [--dry-run]',
  options: OPTIONS,
  examples: [
    'clickpath import 2019-Oct.csv.gz --format rees46',
    'clickpath import week-1.csv week-2.csv --format rees46 --event-id content',
    'clickpath import products.csv --stream products',
    'clickpath import rates.csv --stream rates',
    'clickpath import retail.parquet --map retail.json --dry-run',
  ],
  run: async (context) => {
    const { arguments: files, options, cwd } = context
    if (files.length === 0) throw new ClickpathError('USAGE', 'Name the files to import.')
    const plan = await planOf(context)
    if (options['dry-run']) return previewAll(context, files, plan)
    const directory = resolve(cwd, options.data)
    return withTables(context, directory, (tables) => {
      return importAll(context, files, { plan, directory, tables })
    })
  },
})

/** One after another; the first that is interrupted ends the command. */
async function importAll(
  context: ImportContext,
  files: readonly string[],
  job: Omit<Job, 'file'>,
): Promise<ExitCode> {
  const { signal, stderr } = context
  try {
    for (const file of files) {
      const outcome = await importOne(context, { ...job, file })
      // What is not in the tables yet cannot be told from duplicates: nothing is said of it.
      signal.throwIfAborted()
      tellOutcome(context, outcome)
    }
    return 0
  } catch (thrown) {
    if (!signal.aborted) throw thrown
    stderr.write('Interrupted; the same command continues it, nothing is lost or done twice.\n')
    return 1
  }
}

async function planOf({ options, cwd }: ImportContext): Promise<Plan> {
  const { FILE_FORMATS, IMPORT_STREAMS } = await import('../collect/files/formats.ts')
  const { EVENT_ID_MODES } = await import('../collect/files/row_ids.ts')
  const event_id = wordOf('event-id', options['event-id'], EVENT_ID_MODES)
  const stream = wordOf('stream', options.stream, IMPORT_STREAMS)
  if (options.map !== undefined) {
    if (options.format !== undefined) {
      throw new ClickpathError('USAGE', '--map says what the files are; leave --format out.')
    }
    const { readMapping } = await import('../collect/files/mapping_checks.ts')
    const mapping = await readMapping(resolve(cwd, options.map), stream)
    const source = options.source ?? parse(options.map).name
    return { format: undefined, mapping, stream, event_id, source }
  }
  // Events have many shapes, and a wrong guess would import them wrongly; other streams have one.
  if (options.format === undefined && stream !== 'events') {
    return { format: undefined, stream, event_id, source: options.source ?? stream }
  }
  const formats = Object.keys(FILE_FORMATS) as FileFormatName[]
  const format = wordOf('format', options.format ?? '', formats)
  const streams: readonly string[] = FILE_FORMATS[format].streams
  if (!streams.includes(stream)) {
    throw new ClickpathError('USAGE', `Files of format ${format} hold ${streams.join(', ')} only.`)
  }
  return { format, stream, event_id, source: options.source ?? format }
}

/** The plan for one file. */
async function planFor(plan: Plan, file: string) {
  const { mappedFormat, ownFormat } = await import('../collect/files/heads.ts')
  const told = plan.mapping ? mappedFormat : ownFormat
  return { ...plan, file, format: plan.format ?? (await told(file)) }
}

async function previewAll(
  context: ImportContext,
  files: readonly string[],
  plan: Plan,
): Promise<ExitCode> {
  const { previewFile } = await import('../collect/files/preview.ts')
  const { clock, settings, config, signal, cwd } = context
  for (const file of files) {
    const own = await planFor(plan, resolve(cwd, file))
    const steps = config.steps ?? []
    tellPreview(context, file, await previewFile({ ...own, settings, steps, clock, signal }))
  }
  return 0
}

function wordOf<W extends string>(option: string, given: string, words: readonly W[]): W {
  const found = words.find((word) => word === given)
  if (found) return found
  const said = given === '' ? 'is missing' : `is ${given}`
  throw new ClickpathError('USAGE', `--${option} ${said}; it must be one of ${words.join(', ')}.`)
}

interface Job {
  readonly plan: Plan
  readonly directory: string
  readonly tables: ImportTables
  readonly file: string
}

async function importOne(context: ImportContext, job: Job): Promise<Outcome> {
  const { importFile } = await import('../collect/files/import_file.ts')
  const { plan, directory, tables, file } = job
  const { clock, settings, config, signal, cwd } = context
  const { source, stream } = plan
  const from_ms = clock.now_ms()
  const bars = new Bars(context, basename(file))
  try {
    const imported = await importFile({
      ...(await planFor(plan, resolve(cwd, file))),
      directory,
      settings,
      steps: config.steps ?? [],
      clock,
      signal,
      onProgress: (progress) => bars.update(progress),
      onSegment: (records) => tables.tell(records),
    })
    await tables.taken(imported.extents, (records) => bars.taken(records, imported.records))
    signal.throwIfAborted()
    bars.end()
    const lasted_ms = clock.now_ms() - from_ms
    return await readOutcome(tables, { ...imported, file, source, stream, lasted_ms })
  } finally {
    bars.end()
  }
}

/** One bar after another: the file is looked through, its rows are converted, the tables follow. */
class Bars {
  readonly #context: ImportContext
  readonly #file: string
  #phase = ''
  #bar: Progress | undefined

  constructor(context: ImportContext, file: string) {
    this.#context = context
    this.#file = file
  }

  update({ phase, bytes, bytes_total, rows }: FileProgress): void {
    this.#begin(phase === 'checking' ? `looking through ${this.#file}` : this.#file, bytes_total)
    this.#bar?.update(bytes, rows)
  }

  /** Rows stand for bytes here: only their share is shown. */
  taken(rows: number, rows_total: ImportedFile['records']): void {
    this.#begin('into the tables', rows_total)
    this.#bar?.update(rows, rows)
  }

  end(): void {
    this.#bar?.end()
    this.#bar = undefined
  }

  #begin(label: string, bytes_total: number | null): void {
    if (label === this.#phase) return
    this.#phase = label
    this.#bar?.end()
    const { stderr: output, clock } = this.#context
    this.#bar = new Progress({ output, clock, label, bytes_total })
  }
}
