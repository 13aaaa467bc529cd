/** `clickpath archive`: moves what is old out of log and database, into Parquet files. */
import { resolve } from 'node:path'
import type { ArchiveReport } from '../engine/duckdb/housekeeping.ts'
import { askServer, serverOf, withProcessor } from './ask.ts'
import { type Context, command, DATA_OPTION } from './command.ts'
import { bytesText, countText } from './numbers.ts'

type Mode = 'move' | 'plan'

async function asked(
  context: Context,
  directory: string,
  before: string | undefined,
  mode: Mode,
): Promise<ArchiveReport> {
  const url = serverOf(directory)
  if (url !== undefined) {
    const asked = new URLSearchParams(before === undefined ? { mode } : { before, mode })
    return (await askServer(url, 'POST', `/api/archive?${asked}`)) as ArchiveReport
  }
  const { timesBefore } = await import('../serve/routes/archive.ts')
  const times = before === undefined ? undefined : timesBefore(before)
  return withProcessor(context, directory, ({ housekeeping }) =>
    mode === 'plan' ? housekeeping.plan(times) : housekeeping.archive(times, context.signal),
  )
}

export const archiveCommand = command({
  name: 'archive',
  summary: 'move what is old out of log and database, into Parquet files that are read like them',
  usage: '[--before DATE] [--dry-run] [--data DIR]',
  options: {
    data: DATA_OPTION,
    before: {
      type: 'string',
      value: 'DATE',
      about:
        'Move what was received (log) and happened (events) before this day or time, in UTC. Without it log_days and store_days say.',
    },
    'dry-run': { type: 'boolean', about: 'Say what would be moved, and move nothing.' },
  },
  examples: [
    'clickpath archive --before 2026-01-01 --dry-run',
    'clickpath archive --before 2026-01-01',
  ],
  run: async (context) => {
    const { options, stdout, stderr, cwd, json } = context
    const mode = options['dry-run'] ? 'plan' : 'move'
    const report = await asked(context, resolve(cwd, options.data), options.before, mode)
    if (json) stdout.write(`${JSON.stringify(report)}\n`)
    else stdout.write(sentences(report, mode, await topicIn(context)))
    if (!json) for (const failure of report.failures) stderr.write(`${failure}\n`)
    return report.failures.length > 0 ? 1 : 0
  },
})

/** The topic that is the log, if it is one. */
async function topicIn({ settings }: Context): Promise<string | undefined> {
  const { topicOf } = await import('../log/open_log.ts')
  return topicOf(settings)?.topic
}

function sentences({ log, events }: ArchiveReport, mode: Mode, topic?: string): string {
  const verb = mode === 'plan' ? 'would move' : 'moved'
  const size = (bytes: number | null) => (bytes === null ? '' : `, ${bytesText(bytes)} now`)
  const parts = mode === 'plan' ? 'days' : 'files'
  const ofFiles = `${verb} ${countText(log.files)} segments, ${countText(log.records)} records`
  return [
    topic === undefined
      ? `The log: ${ofFiles}${size(log.bytes)}.\n`
      : `The log: the topic ${topic}, of which nothing is archived; Kafka keeps it.\n`,
    `The database: ${verb} ${countText(events.files)} ${parts}, ${countText(events.records)} events`,
    `${size(events.bytes)}.\n`,
  ].join('')
}
