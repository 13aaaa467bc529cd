/** `npm run soak`: see HELP. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startUp, type UpProcess } from '../../cli/up_process.ts'
import { ask, untilVisible } from '../checks.ts'
import { importHistory } from './history.ts'
import { SoakLoad } from './load.ts'
import { type Report, reportOf } from './report.ts'
import { type Sample, Sampler } from './samples.ts'

const HELP = `npm run soak -- [--minutes 30] [--rate 5000] [--kill-every-s 60] [--seed S]
                    [--history 0]

A shop's traffic at a set rate through everything that \`clickpath up\` starts, while its collector
and its engine are killed in turn. Every 10 seconds memory, open files, sizes and lag are noted as a
line of JSON; the file's name is printed first. In the end every event that was acknowledged must be
stored once, and the ledger must balance.

  --minutes N        how long (30)
  --rate R           events a second, sent when due whether answered or not (5000)
  --kill-every-s N   seconds between kills (60); 0 kills nobody
  --seed S           what the events are drawn from; random unless given, and printed
  --history N        events that are imported before it begins (0)
  --dir DIR          where the data folder and the samples are made (the temporary folder)

The last line says how fast resident memory grows after minute 10, in MB a minute, summed over the
processes. A process that is killed begins small again; so a killed role is compared at equal age:
least squares with a level of its own for each age. That tells whether restarting gets dearer as
the data grows; with a --history larger than the memory limit, whether it does beyond that limit.
What one long life costs is told with --kill-every-s 0, as a plain least squares; the supervisor,
which is never killed, is always told so.

The exit code is 1 when anything was lost or doubled, the ledger does not balance, files other than
log, archive and database grow beyond their bounds, or, in runs of 20 minutes and more, memory grows
by 1 MB a minute or more.
`

const SAMPLE_MS = 10_000
const GROWTH_MAX = 1
/** Shorter runs tell a slope, but it is mostly noise. */
const JUDGED_MIN = 20
const CATCH_UP_MS_MAX = 600_000
const VICTIMS = ['collect', 'serve'] as const

interface Options {
  readonly minutes: number
  readonly rate: number
  readonly kill_every_s: number
  readonly seed: number
  readonly history: number
  readonly directory: string
}

interface Outcome {
  readonly events: number
  readonly lost: number
  readonly doubled: number
  readonly balanced: boolean
}

/** Each sender's numbers must be there from 0 on without a gap, each once. */
async function outcomeOf(url: string, load: SoakLoad, imported: number): Promise<Outcome> {
  let [lost, doubled] = [0, 0]
  for (const [sender, sent] of load.acknowledged.entries()) {
    // One sender at a time, so that a question stays small.
    const [row] = await ask(
      url,
      `SELECT count(*) AS rows, count(DISTINCT event_id) AS ids FROM events
        WHERE starts_with(event_id, '${sender}-')`,
    )
    lost += Math.max(0, sent - Number(row?.ids))
    doubled += Number(row?.rows) - Number(row?.ids)
  }
  const ledger = (await (await fetch(`${url}/api/ledger`)).json()) as {
    balanced: boolean
    totals: { stored: number; pending: number }
  }
  const { stored, pending } = ledger.totals
  const balanced = ledger.balanced && stored === load.events + imported && pending === 0
  return { events: load.events, lost, doubled, balanced }
}

function kill(up: UpProcess, role: (typeof VICTIMS)[number]): boolean {
  try {
    process.kill(up.running(role).pid, 'SIGKILL')
    return true
  } catch {
    return false // It is being started just now.
  }
}

async function soakUp(up: UpProcess, options: Options, imported: number, file: string) {
  const { minutes, rate, kill_every_s, seed } = options
  const load = new SoakLoad({ url: up.url, events_per_second: rate, seed })
  const sampler = new Sampler(up.running('up').pid, up.directory)
  const samples: Sample[] = []
  const began_ms = performance.now()
  let kills = 0
  let tries = 0
  for (let at = 1; at * SAMPLE_MS <= minutes * 60_000; at++) {
    await sleep(Math.max(0, began_ms + at * SAMPLE_MS - performance.now()))
    const sample = await sampler.sample(up.url)
    samples.push(sample)
    const { count: _, ...ack } = load.latencies()
    const { events: acknowledged, failures } = load
    appendFileSync(file, `${JSON.stringify({ ...sample, acknowledged, failures, kills, ack })}\n`)
    const isDue = kill_every_s > 0 && sample.at_s >= kill_every_s * (tries + 1)
    if (isDue && kill(up, VICTIMS[tries++ % VICTIMS.length] as (typeof VICTIMS)[number])) kills += 1
  }
  await load.rest()
  await untilVisible(up.url, CATCH_UP_MS_MAX)
  return { load, samples, kills, outcome: await outcomeOf(up.url, load, imported) }
}

const signed = (value: number | null) =>
  value === null ? '?' : `${value < 0 ? '' : '+'}${value.toFixed(2)}`

function tellReport({ growth, from_min, largest, unbounded }: Report): void {
  for (const { role, mb_per_min, processes } of growth) {
    const how = processes > 1 ? `at equal age, ${processes} processes` : 'one process'
    console.log(`memory of ${role.padEnd(8)} ${signed(mb_per_min)} MB/min (${how})`)
  }
  const all = Object.entries(largest).map(([name, value]) => `${name} ${value}`)
  console.log(`from minute ${from_min.toFixed(1)} on; largest: ${all.join(', ')}`)
  if (unbounded.length > 0) console.log(`beyond their bounds: ${unbounded.join(', ')}`)
}

async function soak(options: Options): Promise<number> {
  const { minutes, rate, kill_every_s, seed, history } = options
  const folder = mkdtempSync(join(options.directory, 'clickpath-soak-'))
  const file = `${folder}.ndjson`
  console.log(`${minutes} min at ${rate}/s, a kill every ${kill_every_s} s, seed ${seed}`)
  console.log(`samples: ${file}`)
  const imported = await importHistory(folder, history, seed)
  const up = await startUp(folder, ['--log-reserve-mb', '0'])
  try {
    const { load, samples, kills, outcome } = await soakUp(up, options, imported, file)
    const report = reportOf(samples)
    tellReport(report)
    const { lost, doubled, balanced, events } = outcome
    const bounded = report.unbounded.length === 0
    const grows = minutes >= JUDGED_MIN && report.mb_per_min >= GROWTH_MAX
    console.log(
      `${events} events, ${kills} kills: ${lost} lost, ${doubled} doubled, ` +
        `ledger ${balanced ? 'balanced' : 'NOT BALANCED'}; memory ${signed(report.mb_per_min)} ` +
        `MB/min; bounded files ${bounded ? 'yes' : 'no'}; ` +
        `ack p99 ${load.allLatencies().p99_ms.toFixed(0)} ms`,
    )
    return lost + doubled === 0 && balanced && bounded && !grows ? 0 : 1
  } finally {
    up.signal('SIGTERM')
    await up.ended()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '5000' },
    'kill-every-s': { type: 'string', default: '60' },
    seed: { type: 'string' },
    history: { type: 'string', default: '0' },
    dir: { type: 'string', default: tmpdir() },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(HELP)
else {
  process.exitCode = await soak({
    minutes: Number(values.minutes),
    rate: Number(values.rate),
    kill_every_s: Number(values['kill-every-s']),
    seed: Number(values.seed ?? Math.floor(Math.random() * 1e9)),
    history: Number(values.history),
    directory: values.dir,
  })
  // A sender that still waits for an answer must not hold up the end.
  process.exit()
}
