/**
 * `clickpath compare`: computes every table of one log twice, embedded and on Spark, and says table
 * by table whether they are equal. Where the log is a topic of Kafka, a file goes through it, and
 * each engine reads it by itself.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { topicOf } from '../log/open_log.ts'
import { type Compared, compareStores, leftOut } from '../present/comparison.ts'
import type { Processor } from '../processor.ts'
import { ClickpathError } from '../std/errors.ts'
import { withProcessor } from './ask.ts'
import { type Context, command, type ExitCode } from './command.ts'
import { importCommand } from './import.ts'
import { countText } from './numbers.ts'

const OPTIONS = {
  data: {
    type: 'string',
    value: 'DIR',
    about: 'A data folder whose log is compared; no server may run on it. Else a new one is made.',
  },
  input: { type: 'string', value: 'FILE', about: 'A file to import into the new folder first.' },
  format: { type: 'string', value: 'WORD', about: 'What the file is; see `clickpath import`.' },
  spark: {
    type: 'string',
    value: 'sc://HOST:PORT',
    default: 'sc://127.0.0.1:15002',
    about: 'The Spark Connect server; `npm run cluster:up` starts one here.',
  },
  rounds: {
    type: 'string',
    value: 'N',
    default: '3',
    about: 'After Spark has computed all at once, it does so in N batches, as if events came live.',
  },
} as const

type CompareContext = Context<typeof OPTIONS>

export const compareCommand = command({
  name: 'compare',
  summary: 'compute every table embedded and on Spark, and say whether they are equal',
  usage: '--input FILE --format WORD | --data DIR [--spark sc://HOST:PORT] [--rounds N]',
  options: OPTIONS,
  examples: [
    'clickpath compare --input 2019-Oct.csv.gz --format rees46',
    'clickpath compare --input 2019-Oct.csv.gz --format rees46 --log kafka://127.0.0.1:9092/october',
  ],
  run: async (context) => {
    const { data, input } = context.options
    if ((data === undefined) === (input === undefined)) {
      throw new ClickpathError('USAGE', 'Say either --input FILE or --data DIR.')
    }
    const embedded = { ...context, settings: { ...context.settings, engine: 'duckdb' } }
    const made = await mkdtemp(join(tmpdir(), 'clickpath-compare-'))
    try {
      if (data !== undefined) return await compareFolder(embedded, resolve(context.cwd, data), made)
      await importInto(embedded, made)
      return await compareFolder(embedded, made, made)
    } finally {
      await rm(made, { recursive: true, force: true })
    }
  },
})

async function importInto(context: CompareContext, directory: string): Promise<void> {
  const { input = '', format } = context.options
  const options = {
    ...{ data: directory, format, map: undefined, 'dry-run': false, stream: 'events' },
    ...{ source: undefined, 'event-id': 'row' },
  }
  await importCommand.run({ ...context, arguments: [input], options, json: false })
}

function roundsOf({ options }: CompareContext): number {
  const rounds = Number(options.rounds)
  if (Number.isInteger(rounds) && rounds > 0 && rounds <= 1_000) return rounds
  throw new ClickpathError('USAGE', '--rounds takes a whole number from 1 to 1,000.')
}

/** Every record of the log in one batch, and in several as if it came live. */
const AT_ONCE = 10_000_000

async function compareFolder(
  context: CompareContext,
  directory: string,
  scratch: string,
): Promise<ExitCode> {
  const rounds = roundsOf(context)
  let different = 0
  await withProcessor(context, directory, async (embedded) => {
    const lanes = await embedded.log.lanes()
    const records = lanes.reduce((sum, { durable_position }) => sum + durable_position, 0)
    const some = Math.max(1, Math.ceil(records / rounds))
    for (const batch_records_max of [AT_ONCE, some]) {
      const folder = join(scratch, `spark-${batch_records_max}`)
      different += await compareOnce(context, embedded, folder, batch_records_max)
    }
  })
  return different === 0 ? 0 : 1
}

/** How many tables differ. */
async function compareOnce(
  context: CompareContext,
  { engine: embedded, log, plan }: Processor,
  directory: string,
  batch_records_max: number,
): Promise<number> {
  const { clock, options, stderr, signal } = context
  const { loadSparkEngine } = await import('../engine/spark/load.ts')
  const { sparkEngine, sparkSource } = await loadSparkEngine()
  const { createViews } = await import('../present/views.ts')
  const settings = { ...context.settings, batch_records_max }
  const spark = sparkEngine({
    ...{ directory, log, plan, settings, clock },
    address: options.spark,
    source: sparkSource(log, topicOf(settings)),
    prologue: () => createViews(plan, settings),
    say: (sentence) => stderr.write(`${sentence}\n`),
  })
  try {
    const started_ms = clock.now_ms()
    await spark.open()
    await spark.catchUp(signal)
    const took = ((clock.now_ms() - started_ms) / 1_000).toFixed(1)
    const batches = spark.progress().batch - plan.groups.length
    return await tell(context, compareStores([embedded.store, spark.store], plan, settings), {
      ...{ batches, took },
    })
  } finally {
    await spark.close()
  }
}

/** Prints a line per table and what it came to; how many differ. */
async function tell(
  { stdout, json }: CompareContext,
  tables: AsyncIterable<Compared>,
  { batches, took }: { readonly batches: number; readonly took: string },
): Promise<number> {
  const said = (line: string) => stdout.write(`${line}\n`)
  if (!json) said(`Spark, ${batches === 1 ? '1 batch' : `${batches} batches`}, ${took} s:`)
  let [equal, different] = [0, 0]
  for await (const compared of tables) {
    const { table, rows, verdict, difference } = compared
    if (verdict === 'equal') equal += 1
    else different += 1
    if (json) said(JSON.stringify({ batches, ...compared }))
    else said(`  ${verdict.padEnd(9)} ${table.padEnd(22)} ${countText(rows).padStart(12)} rows`)
    if (!json && difference !== null) said(`            ${difference}`)
  }
  if (json) return different
  said(`  left out: ${leftOut.join('; ')}; doubles are compared to 1e-9`)
  said(`${equal} of ${equal + different} tables and streams are equal.`)
  return different
}
