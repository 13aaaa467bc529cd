/**
 * Whether a Spark Connect server answers, and which version it is: one `AnalyzePlan` over plain
 * HTTP/2 and the session it opened closed again. Written by hand, ten fields in all, so that the
 * cluster can be started with nothing but Node.
 */
import { randomUUID } from 'node:crypto'
import { type ClientHttp2Session, connect } from 'node:http2'

const SERVICE = '/spark.connect.SparkConnectService'
const USER = 'clickpath-cluster'
const LENGTH_DELIMITED = 2
/** gRPC's frame: one byte for compression, four for the length. */
const FRAME_HEAD = 5

/** The server's version. Fails when it does not answer within `timeout_ms`. */
export async function askSparkVersion(port: number, timeout_ms: number): Promise<string> {
  const connection = connect(`http://127.0.0.1:${port}`)
  // Each request fails with it, too; without a listener the process would end.
  connection.on('error', () => undefined)
  connection.setTimeout(timeout_ms, () => connection.destroy(new Error('no answer in time')))
  try {
    const session = randomUUID()
    const whose = [field(1, text(session)), field(2, field(1, text(USER)))]
    const analysed = await call(connection, 'AnalyzePlan', [...whose, field(10, Buffer.of())])
    // A server that never forgets sessions would keep one of each probe.
    await call(connection, 'ReleaseSession', whose)
    const version = contentOf(analysed, 8)
    return contentOf(version, 1).toString('utf8')
  } finally {
    connection.destroy()
  }
}

async function call(
  connection: ClientHttp2Session,
  method: string,
  fields: readonly Buffer[],
): Promise<Buffer> {
  const message = Buffer.concat(fields)
  const head = Buffer.alloc(FRAME_HEAD)
  head.writeUInt32BE(message.length, 1)
  const stream = connection.request({
    ':method': 'POST',
    ':path': `${SERVICE}/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const status = Promise.withResolvers<string>()
  status.promise.catch(() => undefined) // Told by the loop below first when the connection breaks.
  const read = (headers: Record<string, unknown>) => {
    if (headers['grpc-status'] !== undefined) {
      status.resolve([headers['grpc-status'], headers['grpc-message'] ?? ''].join(' ').trim())
    }
  }
  stream.on('response', read).on('trailers', read)
  stream.on('close', () => status.reject(new Error(`${method} got no answer`)))
  stream.end(Buffer.concat([head, message]))
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  const told = await status.promise
  if (told !== '0') throw new Error(`${method} answered gRPC status ${told}`)
  return Buffer.concat(chunks).subarray(FRAME_HEAD)
}

const text = (value: string): Buffer => Buffer.from(value, 'utf8')

/** A field of a protobuf message that holds a text or another message of fewer than 128 bytes. */
function field(number: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.of((number << 3) | LENGTH_DELIMITED, value.length), value])
}

/** What stands in a field of such a message; empty when it is not there. */
function contentOf(message: Buffer, wanted: number): Buffer {
  for (let at = 0; at + 1 < message.length; ) {
    const [key = 0, length = 0] = [message[at], message[at + 1]]
    const value = message.subarray(at + 2, at + 2 + length)
    if (key === ((wanted << 3) | LENGTH_DELIMITED)) return value
    at += 2 + length
  }
  return Buffer.of()
}
