/** The log's address as `status` tells it: files of this machine, or a topic of Kafka. */
export interface Topic {
  readonly name: string
  /** `host:port`, one or more. */
  readonly brokers: string
}

/** Undefined for a log of files. */
export function topicOf(log: string): Topic | undefined {
  const [, brokers, name] = /^kafka:\/\/(.+)\/([^/]+)$/.exec(log) ?? []
  if (brokers === undefined || name === undefined) return undefined
  return { name, brokers: brokers.replaceAll(',', ', ') }
}
