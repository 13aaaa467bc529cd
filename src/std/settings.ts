/**
 * Settings: one table. A name, its unit in the name, a default, bounds, and what it does, above all
 * at its bound. Command-line flags (`--log-reserve-mb 50`), environment
 * (`CLICKPATH_LOG_RESERVE_MB`), validation and docs derive from it. This file alone reads the
 * environment.
 */
import { ClickpathError } from './errors.ts'

interface NumberSetting {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly about: string
}
interface TextSetting {
  readonly default: string
  readonly pattern?: RegExp
  readonly about: string
}
type Setting = NumberSetting | TextSetting

const number = (fallback: number, min: number, max: number, about: string): NumberSetting => ({
  default: fallback,
  min,
  max,
  about,
})
const word = (fallback: string, about: string, pattern?: RegExp): TextSetting => ({
  default: fallback,
  about,
  ...(pattern ? { pattern } : {}),
})

export const SETTINGS = {
  // serving
  host: word(
    '127.0.0.1',
    'Address to listen on. Anything but loopback demands write keys and read tokens.',
  ),
  port: number(4000, 0, 65_535, 'Port to listen on; 0 takes a free one.'),
  connections_waiting_max: number(
    1_024,
    1,
    65_536,
    'Connections held while the collector restarts; beyond, a new one is answered 503.',
  ),
  stop_ms_max: number(
    10_000,
    100,
    600_000,
    'How long a stop may take in good order; then it is ended hard and recovers at its next start.',
  ),
  log_level: word(
    'info',
    'What the processes tell of themselves: trace, debug, info, warn, error or silent.',
    /^(trace|debug|info|warn|error|silent)$/,
  ),
  // collecting
  body_bytes_max: number(
    4_000_000,
    1_000,
    100_000_000,
    'Bytes of one request body, inflated; a larger one is answered 400.',
  ),
  bodies_bytes_max: number(
    64_000_000,
    1_000_000,
    10_000_000_000,
    'Bytes of all request bodies held at once; beyond, requests are answered 503.',
  ),
  event_bytes_max: number(
    32_768,
    1_000,
    1_000_000,
    'Bytes of one event as the log would hold it; a larger one is invalid.',
  ),
  batch_events_max: number(5_000, 1, 100_000, 'Events in one request; more are answered 400.'),
  event_keys_max: number(
    1_000,
    10,
    100_000,
    'Keys in one event, nested ones included; more make it invalid.',
  ),
  event_depth_max: number(16, 2, 100, 'Levels of nesting in one event; deeper ones are invalid.'),
  rate_events_per_second: number(
    0,
    0,
    10_000_000,
    'Events a second and write key, answered 429 beyond; 0 sets no limit.',
  ),
  future_ms_max: number(
    300_000,
    0,
    86_400_000,
    'How far in the future an event may lie; further is invalid.',
  ),
  // neighbours: pages, browsers, ad blockers, proxies
  collect_path: word(
    '/v1/events',
    'A further path for events, with all other collect paths below it (/PATH/v1/batch). Ad blockers refuse well-known paths; choose one of your own, on the domain of the shop.',
    /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/,
  ),
  snowplow_paths: word(
    '',
    'Further paths that Snowplow trackers post to, separated by commas (/shop/track). Paths that begin with a reverse domain name (/com.acme/track) need no word here.',
    /^((\/[\w.~-]+){2},?)*$/,
  ),
  tag_path: word(
    '/clickpath.js',
    'Where the script for pages is served. Ad blockers go by names; choose one of your own, such as /assets/shop.js.',
    /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+$/,
  ),
  bots: word(
    'filter',
    'Events whose user agent names a crawler or another program. filter: counted in the ledger and kept apart (view filtered_events); keep: as any other event.',
    /^(filter|keep)$/,
  ),
  trusted_proxies: word(
    '',
    'Your reverse proxies, whose X-Forwarded-For is believed: addresses and networks, separated by commas (10.0.0.0/8, ::1). Empty: nobody is believed.',
    /^[0-9A-Fa-f.:/, ]*$/,
  ),
  ip_address: word(
    'truncate',
    'Network addresses of visitors. truncate: the last octet (IPv6: the last 80 bits) becomes zero; drop: not kept; keep: kept whole.',
    /^(keep|truncate|drop)$/,
  ),
  privacy_signals: word(
    'anonymise',
    'What a request with Sec-GPC: 1 or DNT: 1 means. anonymise: no address, no user agent, no user_id, and ids that change every day (UTC); drop: nothing of it is kept but its count; ignore: nothing.',
    /^(ignore|anonymise|drop)$/,
  ),
  // log
  log: word(
    'files',
    'Where events are kept: files (in the data folder), or kafka://host:port[,host:port]/topic. Every role of one shop must be told the same.',
    /^(files|kafka:\/\/[^/\s]+\/[^/\s]+)$/,
  ),
  kafka_partitions: number(
    6,
    1,
    10_000,
    'Partitions of a topic that is made at the start; one that is there keeps its own.',
  ),
  kafka_replication: number(
    0,
    0,
    100,
    'Brokers that keep each record of a topic that is made at the start; 0: three, or all where there are fewer.',
  ),
  segment_bytes_max: number(
    64_000_000,
    100_000,
    4_000_000_000,
    'Bytes after which a segment is sealed and a new one begun.',
  ),
  append_queue_bytes_max: number(
    32_000_000,
    100_000,
    1_000_000_000,
    'Bytes waiting for the disk, or for Kafka; beyond, requests are answered 503.',
  ),
  sync_ms_max: number(
    10_000,
    100,
    600_000,
    'How long the disk, or Kafka, may take to make one write of the log durable; beyond, events are answered 503 until it has.',
  ),
  log_reserve_mb: number(
    200,
    0,
    1_000_000,
    'Free disk, in MB, below which events are answered 503 and nothing is lost.',
  ),
  log_days: number(
    7,
    0,
    36_500,
    'Days after which sealed segments of the log move to the archive (Parquet, a fifth of the size, replayed like the log itself); 0: never.',
  ),
  // engine
  engine: word(
    'duckdb',
    'What computes the tables: duckdb (this machine alone), or sc://host:port, a Spark Connect server, which must see the data folder by the same path.',
    /^(duckdb|sc:\/\/\S+)$/,
  ),
  memory_limit_mb: number(
    700,
    200,
    1_000_000,
    'Memory of the DuckDB instance; a query over it fails, a batch over it is taken in smaller ones.',
  ),
  threads: number(2, 1, 256, 'Threads of the DuckDB instance.'),
  batch_records_max: number(
    500_000,
    100,
    10_000_000,
    'Records in one batch of the engine; a backlog is taken in batches of this size.',
  ),
  slow_batch_ms: number(
    30_000,
    1,
    3_600_000,
    'A batch that takes longer is told in the log, with what to do.',
  ),
  batch_interval_ms: number(
    250,
    10,
    60_000,
    'Pause between batches while events trickle in; under backlog there is none.',
  ),
  store_reserve_mb: number(
    100,
    0,
    1_000_000,
    'Free disk, in MB, below which no batch is begun: the tables wait, the log goes on, and they catch up once there is room.',
  ),
  store_days: number(
    0,
    0,
    36_500,
    'Days (by event time) after which stored events move from the database to Parquet files in the archive, still queried and still known as duplicates; 0: never.',
  ),
  refused_records_max: number(
    1_000_000,
    1_000,
    1_000_000_000,
    'Invalid and filtered records that can be looked at; beyond, the oldest are forgotten, but not their counts nor what the log holds.',
  ),
  readers_max: number(4, 1, 64, 'Queries at once; more wait.'),
  query_ms_max: number(
    10_000,
    100,
    600_000,
    'How long one SQL query may run before it is interrupted.',
  ),
  query_rows_max: number(
    100_000,
    1,
    1_000_000,
    'Rows of one SQL answer; more are cut and the answer says so.',
  ),
  live_subscribers_max: number(
    100,
    1,
    10_000,
    'Readers of the live stream at once; one more is answered 503.',
  ),
  live_buffer_bytes_max: number(
    1_000_000,
    10_000,
    100_000_000,
    'Bytes waiting for one slow reader of the live stream; beyond, it misses changes and is then given the tables anew.',
  ),
  live_rows_max: number(
    2_000,
    10,
    100_000,
    'Changed rows told at once of one table; beyond, its readers are given the table anew.',
  ),
  late_ms: number(
    600_000,
    0,
    86_400_000,
    'How far behind its source an event may come before it is counted as late; it still counts.',
  ),
  session_gap_ms: number(
    1_800_000,
    60_000,
    86_400_000,
    'Silence that ends the session of a visitor whose client sends no session id of its own.',
  ),
  session_delay_ms: number(
    2_000,
    0,
    60_000,
    'Under load, sessions wait so long for more events, longer where joining them takes more than a tenth of the time (a minute at most); at rest they are always level.',
  ),
  idle_source_ms: number(
    3_600_000,
    60_000,
    31_536_000_000,
    'A source this far behind the furthest one (in event time) no longer holds back the watermark.',
  ),
  // model
  time_zone: word(
    'UTC',
    "The shop's time zone: calendar windows (day, week, month) begin by it.",
    /^[A-Za-z0-9_+\-/]+$/,
  ),
  currency: word(
    '',
    'The currency taken where an event names none (three letters); empty leaves it unknown.',
    /^([A-Z]{3})?$/,
  ),
  interest_share_min: number(
    0.01,
    0,
    1,
    "Share of the day's views from which a product counts as of high interest.",
  ),
  interest_conversion_max: number(
    0.02,
    0,
    1,
    'Purchases per view below which a product of high interest is flagged.',
  ),
} as const satisfies Record<string, Setting>

export type Settings = {
  readonly [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K] extends NumberSetting
    ? number
    : string
}
export type SettingName = keyof Settings
/** Values by name as somebody wrote them: text from flags and environment, typed from a config. */
export type SettingValues = Readonly<Record<string, string | number | undefined>>

function readOne(name: string, setting: Setting, given: string | number): string | number {
  if ('min' in setting) {
    const value =
      typeof given === 'number' ? given : given.trim() === '' ? Number.NaN : Number(given)
    if (value >= setting.min && value <= setting.max) return value
    throw new Error(
      `${name} is ${given}; it must be a number from ${setting.min} to ${setting.max}.`,
    )
  }
  const value = String(given)
  if (!setting.pattern || setting.pattern.test(value)) return value
  throw new Error(`${name} is "${value}"; it must look like ${setting.pattern.source}.`)
}

/**
 * Layers, later ones win: defaults, config file, environment, flags. All mistakes are reported at
 * once (`SETTINGS_INVALID`); the answer is frozen.
 */
export function readSettings(...layers: readonly SettingValues[]): Settings {
  const mistakes: string[] = []
  const values: Record<string, string | number> = {}
  for (const [name, setting] of Object.entries(SETTINGS)) values[name] = setting.default
  for (const layer of layers) {
    for (const [name, given] of Object.entries(layer)) {
      if (given === undefined) continue
      const setting: Setting | undefined = SETTINGS[name as SettingName]
      if (!setting) {
        mistakes.push(`${name} is not a setting. Settings: ${Object.keys(SETTINGS).join(', ')}.`)
        continue
      }
      try {
        values[name] = readOne(name, setting, given)
      } catch (mistake) {
        mistakes.push((mistake as Error).message)
      }
    }
  }
  if (mistakes.length > 0) throw new ClickpathError('SETTINGS_INVALID', mistakes.join('\n'))
  return Object.freeze(values) as Settings
}

/** The settings that the environment gives: CLICKPATH_PORT=4001 and so on. */
export function settingsOfEnvironment(environment = process.env): SettingValues {
  const given = Object.keys(SETTINGS).map((name) => [
    name,
    environment[`CLICKPATH_${name.toUpperCase()}`],
  ])
  return Object.fromEntries(given)
}

/** This process's environment with additions: what a child process is started with. */
export function environmentWith(additions: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...additions }
}
