/** Makes a topic, by one request in Kafka's own words: these tests want nothing but a broker. */
import { connect } from 'node:net'

const CREATE_TOPICS = 19
const VERSION = 2
const TIMEOUT_MS = 30_000

export async function createTopic(
  address: string,
  topic: string,
  { partitions, copies }: { readonly partitions: number; readonly copies: number },
): Promise<void> {
  const body = Buffer.concat([
    ...[int16(CREATE_TOPICS), int16(VERSION), int32(1), text('test')],
    ...[int32(1), text(topic), int32(partitions), int16(copies), int32(0), int32(0)],
    ...[int32(TIMEOUT_MS), Buffer.of(0)],
  ])
  const [host = '', port] = address.split(':')
  const socket = connect({ host, port: Number(port) })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('the broker does not answer')))
  socket.write(Buffer.concat([int32(body.length), body]))
  const chunks: Buffer[] = []
  for await (const chunk of socket) {
    chunks.push(chunk)
    const answer = Buffer.concat(chunks)
    if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) continue
    // Length, the request's number, throttling, one topic, its name, the code of its error.
    const code = answer.readInt16BE(4 + 4 + 4 + 4 + 2 + Buffer.byteLength(topic))
    if (code !== 0) throw new Error(`Kafka refused the topic ${topic}: error ${code}`)
    return
  }
  throw new Error('the broker hung up')
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
}
