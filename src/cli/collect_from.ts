/**
 * `clickpath collect --from`: a topic that a shop fills already, read beside whatever else runs.
 */
import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { readTopic, type SourceSums } from '../collect/from_kafka.ts'
import { MESSAGE_FORMATS, type MessageFormatName } from '../collect/from_kafka_formats.ts'
import type { Beginning } from '../collect/from_kafka_group.ts'
import { kafkaAddress } from '../log/kafka/address.ts'
import { openWriter, topicOf } from '../log/open_log.ts'
import { ClickpathError } from '../std/errors.ts'
import { sayTo } from '../std/notices.ts'
import type { CollectContext } from './collect.ts'
import type { ExitCode } from './command.ts'
import { countText } from './numbers.ts'
import { Progress } from './progress.ts'
import { loggerOf } from './role.ts'

/** Lanes have names of letters, digits and a few signs. */
const LANE_LENGTH_MAX = 90

export async function collectFrom(context: CollectContext, url: string): Promise<ExitCode> {
  const { options, cwd, settings, config, clock, signal, stdout, stderr, json } = context
  const address = kafkaAddress(url)
  if (topicOf(settings)?.topic === address.topic) {
    throw new ClickpathError('USAGE', `${address.topic} is the log itself; name the shop's topic.`)
  }
  const format = MESSAGE_FORMATS[formatOf(options.format)]
  const source = options.source ?? address.topic
  const directory = resolve(cwd, options.data)
  const lane = await openWriter({ directory, settings, clock }, laneOf(source))
  const bar = new Progress({ output: stderr, clock, label: address.topic, bytes_total: null })
  try {
    const sums = await readTopic({
      address,
      format,
      source,
      group: options.group ?? `clickpath-${source}`,
      beginning: beginningOf(options),
      ends: options.once ? 'at the end' : 'never',
      lane,
      steps: config.steps ?? [],
      settings,
      clock,
      random: randomBytes,
      say: sayTo(loggerOf('collect', context)),
      signal,
      onProgress: ({ bytes, messages }) => bar.update(bytes, messages),
    })
    bar.end()
    stdout.write(
      json ? `${JSON.stringify({ source, ...sums })}\n` : sentenceOf(address.topic, sums),
    )
    return 0
  } finally {
    bar.end()
    await lane.close()
  }
}

function formatOf(given: string | undefined): MessageFormatName {
  const words = Object.keys(MESSAGE_FORMATS) as MessageFormatName[]
  const found = words.find((word) => word === given)
  if (found) return found
  const said = given === undefined ? 'is missing' : `is ${given}`
  throw new ClickpathError('USAGE', `--format ${said}; it must be one of ${words.join(', ')}.`)
}

function beginningOf(options: CollectContext['options']): Beginning {
  if (options['from-beginning'] && options['from-end']) {
    throw new ClickpathError('USAGE', 'Say --from-beginning or --from-end, not both.')
  }
  if (options['from-beginning']) return 'beginning'
  return options['from-end'] ? 'end' : 'where it ended'
}

function laneOf(source: string): string {
  return `from-${source.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, LANE_LENGTH_MAX)}`
}

function sentenceOf(topic: string, sums: SourceSums): string {
  const { messages, accepted, invalid, filtered } = sums
  const outcomes = [`${countText(accepted)} accepted`, `${countText(invalid)} invalid`]
  if (filtered > 0) outcomes.push(`${countText(filtered)} filtered`)
  const read = `${topic}: ${countText(messages)} messages read`
  return `${read}, ${outcomes.join(', ')}; all are durable.\n`
}
