/** The log that the setting `log` names: files in the data folder, or a topic in Kafka. */
import { join } from 'node:path'
import type { Clock } from '../std/clock.ts'
import { ClickpathError } from '../std/errors.ts'
import type { Settings } from '../std/settings.ts'
import type { LaneWriter, Log } from './contract.ts'
import type { ArchiveFolder } from './files/archive_folder.ts'
import { openLaneWriter } from './files/lane_writer.ts'
import { openFileLog } from './files/reader.ts'
import { isKafka, type KafkaAddress, kafkaAddress } from './kafka/address.ts'

interface LogPlace {
  /** The data folder. */
  readonly directory: string
  readonly settings: Settings
}

/** The topic that is the log; null where it is files. Throws `USAGE` for what is neither. */
export function topicOf({ log }: Pick<Settings, 'log'>): KafkaAddress | null {
  return isKafka(log) ? kafkaAddress(log) : null
}

/** `spool` is a directory that this reader alone uses. */
export async function openLog(
  { directory, settings }: LogPlace,
  spool: string,
  archive?: ArchiveFolder,
): Promise<Log> {
  const address = topicOf(settings)
  if (address) {
    const { openKafkaLog } = await import('./kafka/reader.ts')
    return openKafkaLog({ address, spool, given_up: givenUpIn(directory) })
  }
  const log = join(directory, 'log')
  return openFileLog(archive ? { directory: log, spool, archive } : { directory: log, spool })
}

/** Where it is kept which records of a topic were given up. */
export function givenUpIn(directory: string): string {
  return join(directory, 'kafka')
}

/** Opens a lane for appending; in Kafka all write to the same topic. */
export async function openWriter(
  { directory, settings, clock }: LogPlace & { readonly clock: Clock },
  lane: string,
): Promise<LaneWriter> {
  const address = topicOf(settings)
  if (!address) return openLaneWriter({ directory: join(directory, 'log'), lane, settings, clock })
  const { openKafkaWriter } = await import('./kafka/writer.ts')
  return openKafkaWriter({ address, lane, settings })
}

/** Throws where something is done to the log's files and there are none. */
export function requireFiles(settings: Pick<Settings, 'log'>, what: string, instead: string): void {
  const address = topicOf(settings)
  if (address) throw new ClickpathError('FILES_ONLY', what, address.topic, instead)
}
