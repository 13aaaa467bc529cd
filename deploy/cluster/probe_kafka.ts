/**
 * Whether a Kafka broker answers, and which brokers it knows: one metadata request about no topic.
 * Written by hand, so that the cluster can be started with nothing but Node.
 */
import { connect } from 'node:net'

const METADATA = 3
/** The first in which "no topics" can be said; every broker since 0.10 knows it. */
const VERSION = 1
const CLIENT = 'clickpath-cluster'
const LENGTH_BYTES = 4
/** An answer about a handful of brokers is far smaller. */
const ANSWER_BYTES_MAX = 64 * 1024

export interface Broker {
  readonly id: number
  readonly host: string
  readonly port: number
}

/** Fails when no answer comes within `timeout_ms`. */
export async function askBrokers(port: number, timeout_ms: number): Promise<readonly Broker[]> {
  const socket = connect({ host: '127.0.0.1', port })
  socket.setTimeout(timeout_ms, () => socket.destroy(new Error('no answer in time')))
  try {
    socket.write(request())
    let answer = Buffer.alloc(0)
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer])
      if (answer.length > ANSWER_BYTES_MAX) break
      if (answer.length >= LENGTH_BYTES && answer.length >= LENGTH_BYTES + answer.readInt32BE(0)) {
        return brokersIn(answer)
      }
    }
    throw new Error('it hung up, or does not speak as Kafka does')
  } finally {
    socket.destroy()
  }
}

function request(): Buffer {
  const head = Buffer.alloc(10)
  head.writeInt16BE(METADATA, 0)
  head.writeInt16BE(VERSION, 2)
  head.writeInt32BE(1, 4) // Which request the answer belongs to; there is one.
  head.writeInt16BE(CLIENT.length, 8)
  const noTopics = Buffer.alloc(4)
  const body = Buffer.concat([head, Buffer.from(CLIENT), noTopics])
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeInt32BE(body.length)
  return Buffer.concat([length, body])
}

function brokersIn(answer: Buffer): readonly Broker[] {
  let at = 2 * LENGTH_BYTES // Behind the length and the request's number.
  const number = (): number => {
    at += 4
    return answer.readInt32BE(at - 4)
  }
  const text = (): string => {
    const length = Math.max(0, answer.readInt16BE(at)) // -1: none
    at += 2 + length
    return answer.toString('utf8', at - length, at)
  }
  return Array.from({ length: number() }, () => {
    const broker = { id: number(), host: text(), port: number() }
    text() // Its rack.
    return broker
  })
}
