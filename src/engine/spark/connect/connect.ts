/**
 * A client of Spark Connect: Spark SQL and Structured Streaming from TypeScript, without Python or
 * a JVM on this side. It speaks the part of the protocol that is in proto/; README.md shows how to
 * use it.
 */
import { parseAddress } from './address.ts'
import { BOUNDS, type Bounds } from './bounds.ts'
import { Channel } from './channel.ts'
import { SparkSession } from './session.ts'

export interface ConnectOptions {
  /** A UUID: the session to go on with, or to be called so. A new one if not given. */
  readonly sessionId?: string
  /** Sessions belong to a user; to come back to one takes the same user. */
  readonly userId?: string
  /** How the server's pages name this client. */
  readonly clientType?: string
  readonly bounds?: Partial<Bounds>
  /** From 0 to 1, for the waits between retries. */
  readonly random?: () => number
}

/**
 * Connects to `sc://host:port`, which answers with its version before this returns. Throws
 * SparkError: `unreachable` when no server answers within the bounds, `argument`, `credentials`.
 */
export async function connect(
  address: string,
  options: ConnectOptions = {},
): Promise<SparkSession> {
  const parsed = parseAddress(address)
  const channel = new Channel({
    address: parsed,
    bounds: { ...BOUNDS, ...options.bounds },
    userId: options.userId ?? parsed.userId ?? 'clickpath',
    sessionId: options.sessionId ?? parsed.sessionId,
    clientType: options.clientType ?? 'clickpath',
    random: options.random ?? Math.random,
  })
  const session = new SparkSession(channel)
  try {
    await session.version()
  } catch (error) {
    await session.close()
    throw error
  }
  return session
}
