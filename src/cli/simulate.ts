/** `clickpath simulate`: a shop that sends traffic, a file played again, a file made. */
import { resolve } from 'node:path'
import type { LiveOptions } from '../simulate/live.ts'
import type { Rees46File } from '../simulate/rees46/read.ts'
import type { Tally } from '../simulate/send/tally.ts'
import { ClickpathError } from '../std/errors.ts'
import { type Context, command, type ExitCode } from './command.ts'
import { durationOf, numberOf, SIMULATE_OPTIONS, startOf, wordOf } from './simulate_options.ts'

type SimulateContext = Context<typeof SIMULATE_OPTIONS>

const PROGRESS_INTERVAL_MS = 500

export const simulateCommand = command({
  name: 'simulate',
  summary: 'a synthetic shop that sends traffic, or a file replayed as such',
  usage: '[--url URL] [--rate N] [--replay FILE --speed N | --out FILE --events N]',
  options: SIMULATE_OPTIONS,
  examples: [
    'clickpath simulate --rate 200 --duration 10m',
    'clickpath simulate --shop store --rate 50',
    'clickpath simulate --shop b2 --rate 5 --duration 60s --id-prefix today-',
    'clickpath simulate --replay 2019-Oct.csv.gz --speed 60',
    'clickpath simulate --replay 2019-Oct.csv.gz --rate 500 --now',
    'clickpath simulate --out rows.csv.gz --events 5000000',
  ],
  run: async (context) => {
    const { options, supervisor } = context
    if (context.arguments.length > 0) {
      throw new ClickpathError('USAGE', `simulate takes no ${context.arguments[0]} by itself.`)
    }
    if (options.out !== undefined && options.replay !== undefined) {
      throw new ClickpathError('USAGE', '--out and --replay exclude each other.')
    }
    supervisor?.ready(null)
    if (options.out !== undefined) return writeFile(context, options.out)
    if (options.replay !== undefined) return replay(context, options.replay)
    return openShop(context)
  },
})

async function openShop(context: SimulateContext): Promise<ExitCode> {
  const { SHOPS, simulateShop } = await import('../simulate/live.ts')
  const { options } = context
  const shop = wordOf('shop', options.shop, Object.keys(SHOPS) as (keyof typeof SHOPS)[])
  const rate = numberOf(options, 'rate') ?? 20
  say(context, `Sending the ${shop} shop's traffic to ${options.url}, ${rate} events/s.\n`)
  const tally = await simulateShop({
    ...liveOptions(context),
    shop,
    rate,
    rhythm: wordOf('rhythm', options.rhythm, ['flat', 'day'] as const),
    users: numberOf(options, 'users'),
    products: numberOf(options, 'products'),
    idPrefix: options['id-prefix'],
  })
  return finish(context, tally)
}

async function replay(context: SimulateContext, file: string): Promise<ExitCode> {
  const { simulateReplay } = await import('../simulate/live.ts')
  const { options } = context
  const rate = numberOf(options, 'rate')
  const pace = rate === undefined ? { speed: numberOf(options, 'speed') ?? 1 } : { rate }
  const how = 'rate' in pace ? `${pace.rate} events/s` : `${pace.speed} times its own speed`
  say(context, `Replaying ${file} to ${options.url} at ${how}.\n`)
  const sum = await simulateReplay({
    ...liveOptions(context),
    file: resolve(context.cwd, file),
    pace,
    times: options.now ? 'sent' : 'kept',
    idPrefix: options['id-prefix'],
  })
  return finish(context, sum.tally, sum.file)
}

function liveOptions(context: SimulateContext): LiveOptions {
  const { options, clock, signal } = context
  const from_ms = clock.now_ms()
  let shown_ms = from_ms
  return {
    url: options.url,
    key: options.key,
    seed: options.seed,
    duration_ms: durationOf(options),
    clock,
    signal,
    onTrouble: (reason) => {
      say(
        context,
        reason === undefined
          ? 'The collector takes events again.\n'
          : `The collector takes nothing now (${reason}); trying again with the same ids.\n`,
      )
    },
    onProgress: (tally) => {
      const now_ms = clock.now_ms()
      if (now_ms - shown_ms < PROGRESS_INTERVAL_MS) return
      shown_ms = now_ms
      const rate = (tally.accepted / (now_ms - from_ms)) * 1_000
      showLine(context, `${line(tally)} · ${rate.toFixed(1)}/s`)
    },
  }
}

async function writeFile(context: SimulateContext, out: string): Promise<ExitCode> {
  const { Rees46History } = await import('../simulate/rees46/history.ts')
  const { writeRees46 } = await import('../simulate/rees46/write.ts')
  const { options, clock, signal } = context
  const rows = numberOf(options, 'events') as number
  const history = new Rees46History({
    seed: options.seed,
    start_ms: startOf(options),
    rowsPerDay: numberOf(options, 'per-day') as number,
    products: numberOf(options, 'products') ?? 40_000,
  })
  const from_ms = clock.now_ms()
  let shown_ms = from_ms
  const rate = (written: number): number =>
    Math.round((written / Math.max(1, clock.now_ms() - from_ms)) * 1_000)
  const onProgress = (written: number): void => {
    if (clock.now_ms() - shown_ms < PROGRESS_INTERVAL_MS) return
    shown_ms = clock.now_ms()
    const filled = Math.round((written / rows) * 30)
    const bar = '█'.repeat(filled) + '░'.repeat(30 - filled)
    showLine(context, `${bar} ${shown(written)} of ${shown(rows)} rows · ${shown(rate(written))}/s`)
  }
  const file = resolve(context.cwd, out)
  const written = await writeRees46(history, { file, rows, signal, onProgress })
  const seconds = (clock.now_ms() - from_ms) / 1_000
  showLine(context, '')
  const speed = `${seconds.toFixed(1)} s, ${shown(rate(written))} rows/s`
  context.stdout.write(
    context.json
      ? `${JSON.stringify({ file, rows: written, seconds })}\n`
      : `${shown(written)} rows in ${out}, ${speed}.\n`,
  )
  return written === rows ? 0 : 1
}

/** Prints the sum; 0 when everything sent was taken. */
function finish(context: SimulateContext, tally: Tally, file?: Rees46File): ExitCode {
  const ok = tally.refused === 0 && tally.unsent === 0
  if (context.supervisor) return ok ? 0 : 1
  showLine(context, '')
  if (context.json) {
    const { unreadable, end } = file ?? {}
    context.stdout.write(`${JSON.stringify({ ...tally, ...(file ? { unreadable, end } : {}) })}\n`)
    return ok ? 0 : 1
  }
  const { stdout } = context
  stdout.write(`${line(tally)} · ${shown(tally.requests)} requests\n`)
  if (tally.filtered > 0) stdout.write(`Left out by the collector's steps: ${tally.filtered}.\n`)
  if (tally.refused > 0) stdout.write(`Refused: ${tally.refused} (${tally.firstRefusal}).\n`)
  if (tally.unsent > 0) stdout.write(`Not taken before the end: ${shown(tally.unsent)}.\n`)
  if (tally.waited_ms > 0) {
    const seconds = (tally.waited_ms / 1_000).toFixed(1)
    stdout.write(`The collector took less than the rate: waited ${seconds} s, dropped nothing.\n`)
  }
  if (file && file.unreadable > 0) {
    stdout.write(`Rows that could not be read: ${file.unreadable}; ${file.firstTrouble}.\n`)
  }
  if (file?.end === 'cut')
    stdout.write('The file is cut off in its last row; that one is left out.\n')
  return ok ? 0 : 1
}

const shown = (count: number): string => count.toLocaleString('en-US')

function line(tally: Readonly<Tally>): string {
  const { sent, accepted, invalid, retried } = tally
  return [
    `sent ${shown(sent)}`,
    `accepted ${shown(accepted)}`,
    `invalid ${shown(invalid)}`,
    `retried ${shown(retried)}`,
  ].join(' · ')
}

/** News for people; a supervised simulator keeps quiet. */
function say({ stderr, supervisor, json }: SimulateContext, text: string): void {
  if (!supervisor && !json) stderr.write(text)
}

/** One line that is written over and over; only on a terminal. */
function showLine({ stderr, supervisor, json }: SimulateContext, text: string): void {
  if (!supervisor && !json && stderr.isTTY) {
    stderr.write(`\r\u001b[K${text.slice(0, stderr.columns - 1)}`)
  }
}
