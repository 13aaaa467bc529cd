/**
 * Kafka's client, and what its errors mean to us. It is loaded only where a log or a source lies in
 * Kafka: nobody else needs the package.
 */
import type { Admin, Consumer, Producer } from '@platformatic/kafka'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import type { KafkaAddress } from './address.ts'

/** What of the package we use. */
export type Kafka = Pick<typeof import('@platformatic/kafka'), 'Admin' | 'Consumer' | 'Producer'>
export type { Admin, Consumer, Producer }

const PACKAGE = '@platformatic/kafka'
const CONNECT_MS_MAX = 5_000
/** A broker that says nothing for so long is taken for gone; a retry asks the others. */
const REQUEST_MS_MAX = 15_000
const RETRY_MS = 250
const RETRIES = 8

export async function loadKafka(): Promise<Kafka> {
  try {
    return await import('@platformatic/kafka')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw thrown
    const why = `kafka:// needs the package ${PACKAGE}, which is not installed`
    throw new ClickpathError('USAGE', `${why}: npm install ${PACKAGE}@2`)
  }
}

/** What every client is made with. Its own retries last some two seconds. */
export function clientOptions({ brokers }: KafkaAddress) {
  return {
    clientId: 'clickpath',
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retries: RETRIES,
    retryDelay: RETRY_MS,
  }
}

interface KafkaFailure {
  findBy?(property: string, value: unknown): unknown
}

/** Whether the same request may pass later: no broker answered, no leader, too few copies. */
export function mayPass(thrown: unknown): boolean {
  const failure = thrown as KafkaFailure
  return typeof failure?.findBy === 'function' && !failure.findBy('canRetry', false)
}

/** Whether one of the causes is Kafka's error of this name. */
export function isAnswer(thrown: unknown, id: string): boolean {
  const failure = thrown as KafkaFailure
  return typeof failure?.findBy === 'function' && Boolean(failure.findBy('apiId', id))
}

/** The last of the causes, which says most. */
export function reasonOf(thrown: unknown): string {
  let last = thrown
  while (last instanceof Error) {
    const inner: unknown = last instanceof AggregateError ? last.errors.at(-1) : last.cause
    if (inner === undefined) break
    last = inner
  }
  const { apiId } = last as { apiId?: string }
  const said = messageOf(last).replace(/\.$/, '')
  return apiId ? `${said} (${apiId})` : said
}

/** What a request of ours failed with, as an error of ours. */
export function kafkaError({ brokers, topic }: KafkaAddress, thrown: unknown): ClickpathError {
  if (thrown instanceof ClickpathError) return thrown
  if (mayPass(thrown)) return new ClickpathError('KAFKA_AWAY', brokers.join(','), reasonOf(thrown))
  return new ClickpathError('KAFKA_REFUSED', topic, brokers.join(','), reasonOf(thrown))
}
