/** `npm run torture`: see HELP. */
import { parseArgs } from 'node:util'
import { faultsOf, type Round, round } from './round.ts'
import { KINDS, type Kind } from './strikes.ts'

const HELP = `npm run torture -- [--kills 100] [--seed S] [--only KIND]

Kills the processes of a shop under load, again and again: collector, engine, supervisor, all at
once, an import; at random moments and at named points (in the middle of a batch, between the log's
append and its answer, ...). After each kill everything is compared: every acknowledged event is
stored once and nothing else is, the ledger balances, every table is what an independent reducer
makes of the events. 25 kills are a round on one data folder; then a fresh one.

  --kills N   how many processes to kill (100)
  --seed S    what kills and events are drawn from; a round has one seed, the next one is S + 1.
              Random unless given; it is printed. A fault names the seed of its round:
              --kills 25 --seed THAT draws the same again.
  --only KIND strikes of one kind alone; the kinds:
${KINDS.map((kind) => `              ${kind}`).join('\n')}

The exit code is 1 when anything was lost, doubled, unbalanced or unequal, and when a run of 200
kills or more never reached one of the named points. Kills prove what a process's death does; what a
power cut does to the log is proven by npm run torture:log.
`

const KILLS_PER_ROUND = 25
/** From so many kills on, each named point must have been reached. */
const LONG_RUN = 200

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`
const sum = (counts: Iterable<number>) => [...counts].reduce((total, one) => total + one, 0)

function tellRound(seed: number, one: Round, kills_before: number): void {
  const kills = sum(one.kills.values())
  const { cycles_ms, events, sent_again } = one
  const mean = seconds(sum(cycles_ms) / cycles_ms.length)
  const slowest = seconds(Math.max(...cycles_ms))
  console.log(
    `seed ${seed}: ${kills} kills, ${events} events, ${sent_again} sent again; ` +
      `cycle ${mean}, slowest ${slowest} (${kills_before + kills} in all)`,
  )
}

function tellKinds(rounds: readonly Round[], kinds: readonly Kind[]): readonly Kind[] {
  const timesOf = (kind: Kind, of: 'kills' | 'missed') =>
    sum(rounds.map((one) => one[of].get(kind) ?? 0))
  for (const kind of kinds) {
    const missed = timesOf(kind, 'missed')
    const also = missed > 0 ? ` (${missed} missed)` : ''
    console.log(`${kind.padEnd(18)} ${String(timesOf(kind, 'kills')).padStart(5)}${also}`)
  }
  return kinds.filter((kind) => timesOf(kind, 'kills') === 0)
}

function tellAll(rounds: readonly Round[], kinds: readonly Kind[]): number {
  const never = tellKinds(rounds, kinds)
  const kills = sum(rounds.map((one) => sum(one.kills.values())))
  const events = sum(rounds.map((one) => one.events))
  const cycles = rounds.flatMap((one) => one.cycles_ms)
  const found = (kind: 'lost' | 'doubled' | 'unbalanced' | 'unequal') =>
    `${sum(rounds.map(({ findings }) => findings[kind].length))} ${kind}`
  const unreached = kills >= LONG_RUN && kinds.length === KINDS.length ? never : []
  if (unreached.length > 0) console.log(`never reached: ${unreached.join(', ')}`)
  console.log(
    `${kills} kills, ${events} events: ${found('lost')}, ${found('doubled')}, ` +
      `${found('unbalanced')}, ${found('unequal')}; ` +
      `cycle ${seconds(sum(cycles) / cycles.length)}, slowest ${seconds(Math.max(...cycles))}`,
  )
  return rounds.every((one) => faultsOf(one) === '') && unreached.length === 0 ? 0 : 1
}

function kindsOf(only: string | undefined): readonly Kind[] {
  const kinds = KINDS.filter((kind) => only === undefined || kind === only)
  if (kinds.length === 0) throw new Error(`--only ${only}: kinds are ${KINDS.join(', ')}`)
  return kinds
}

async function torture(
  kills_due: number,
  first_seed: number,
  kinds: readonly Kind[],
): Promise<number> {
  const rounds: Round[] = []
  console.log(`${kills_due} kills, from seed ${first_seed}`)
  for (let kills = 0; kills < kills_due; ) {
    const seed = first_seed + rounds.length
    const replay = `--kills ${KILLS_PER_ROUND} --seed ${seed}`
    const most = Math.min(KILLS_PER_ROUND, kills_due - kills)
    const how = { seed, kills: most, kinds, compare: 'after each kill' } as const
    const one = await round(how).catch((thrown) => {
      console.error(`seed ${seed} failed after ${kills} kills; replay: ${replay}`)
      throw thrown
    })
    rounds.push(one)
    tellRound(seed, one, kills)
    kills += sum(one.kills.values())
    const faults = faultsOf(one)
    if (faults === '') continue
    console.error(`${faults}\nreplay: ${replay}`)
    break
  }
  return tellAll(rounds, kinds)
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string' },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) process.stdout.write(HELP)
else {
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1e9))
  process.exitCode = await torture(Number(values.kills), seed, kindsOf(values.only))
}
