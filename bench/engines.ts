/**
 * `npm run bench:engines`: every table of one log, computed by the engine in the process and by
 * Spark on the same machine; and whether the tables are equal.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Children } from './children.ts'
import { withCluster } from './cluster.ts'
import { type Filled, fillTables } from './fill.ts'
import { putLog } from './history_file.ts'
import { readOptions, withFolder } from './options.ts'
import { Rests } from './rests.ts'
import { check, type Figures, finish } from './run.ts'
import { sameTables } from './same_tables.ts'

/** Far below what either does: beyond, it hangs. */
const EVENTS_PER_SECOND_MIN = 2_000
const OVERHEAD_MS_MAX = 120_000
/** Spark's Java compiles as it goes: what a server does first is no measure of it. */
const WARM_UP_SEED = 2

const asked = readOptions({ events: 5_000_000, seed: 1, warmup: 20_000, cores: 2, memory: 2_048 })
const { events, seed, warmup, cores, memory } = asked.numbers
const most_ms = OVERHEAD_MS_MAX + (events / EVENTS_PER_SECOND_MIN) * 1_000
const { directory } = asked
const children = new Children()
const rests = new Rests(asked.pause_s)

async function measure(folder: string): Promise<0 | 1> {
  const [here, there, warm] = ['embedded', 'spark', 'warm'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const one of [here, there, warm]) mkdirSync(one)
  await putLog(children, { events, seed, directory, most_ms }, here)
  await putLog(children, { events, seed, directory, most_ms }, there)
  await putLog(children, { events: warmup, seed: WARM_UP_SEED, directory, most_ms }, warm)
  tell(`embedded: ${events.toLocaleString('en-US')} events into every table`)
  const embedded = await fillTables(children, here, { words: [], most_ms })
  tell(`  ${embedded.duration_s.toFixed(1)} s`)
  await rests.restWhenDue()
  const shape = { brokers: '0', 'spark-master': `local[${cores}]`, memory: `${memory}m` }
  return withCluster(children, directory, shape, async ({ spark: address, pids }) => {
    const words = ['--engine', address]
    tell(`Spark: a warm-up of ${warmup.toLocaleString('en-US')} events`)
    await fillTables(children, warm, { words, most_ms })
    tell('Spark: the same events')
    const spark = await fillTables(children, there, { words, most_ms, pids })
    tell(`  ${spark.duration_s.toFixed(1)} s`)
    await rests.restWhenDue()
    tell('comparing')
    const checks = [
      allStored('embedded', embedded),
      allStored('Spark', spark),
      await sameTables(
        { folder: here, values: {} },
        { folder: there, values: { engine: address } },
      ),
    ]
    const stages: Record<string, Figures> = {
      embedded: embedded.figures,
      [`spark_local_${cores}`]: spark.figures,
      spark_to_embedded: { duration_ratio: spark.duration_s / embedded.duration_s },
    }
    const { size, history, numbers: options } = asked
    return finish({ bench: 'engines', size, options, stages, targets: [], checks }, history)
  })
}

const allStored = (whose: string, { events: stored }: Filled) =>
  check(`${whose}: all ${events} events are stored: ${stored}`, stored === events)

function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  process.exitCode = await withFolder(children, directory, measure)
} finally {
  await children.stopAll()
}
