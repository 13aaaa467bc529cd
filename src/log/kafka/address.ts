/** Where a topic is: `kafka://host:port[,host:port]/topic`. */
import { ClickpathError } from '../../std/errors.ts'

export interface KafkaAddress {
  /** host:port each; one that answers tells the others. */
  readonly brokers: readonly string[]
  readonly topic: string
}

const DEFAULT_PORT = 9092
const SCHEME = 'kafka://'
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?$/
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/

export function isKafka(url: string): boolean {
  return url.startsWith(SCHEME)
}

/** Throws `USAGE` for what is no such address. */
export function kafkaAddress(url: string): KafkaAddress {
  const [hosts = '', topic = '', ...rest] = isKafka(url) ? url.slice(SCHEME.length).split('/') : []
  const brokers = hosts.split(',').map((host) => {
    const [, name, port = DEFAULT_PORT] = HOST.exec(host) ?? []
    return name === undefined || Number(port) > 65_535 ? null : `${name}:${port}`
  })
  const known = brokers.filter((broker) => broker !== null)
  const isTopic = TOPIC.test(topic) && !/^\.{1,2}$/.test(topic)
  if (known.length === brokers.length && isTopic && rest.length === 0) {
    return { brokers: known, topic }
  }
  const like = 'kafka://host:9092/topic, with commas between several hosts'
  throw new ClickpathError('USAGE', `${url} is no address of a topic; write it like ${like}.`)
}
