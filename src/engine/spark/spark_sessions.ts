/**
 * The session that batches are computed in: opened when it is needed, given up after a failure, and
 * noted in a file, so that whoever comes after a killed process first ends what that left running
 * at the server.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { connect } from './connect/connect.ts'
import type { SparkSession } from './connect/session.ts'
import { uncache } from './spark_batch.ts'

const SESSION = {
  'spark.sql.session.timeZone': 'UTC',
  'spark.sql.parquet.compression.codec': 'zstd',
  // Nothing is lost by stopping at a value that does not fit: the batch fails, and says so.
  'spark.sql.ansi.enabled': 'true',
}

const PING_MS = 60_000
/** Whoever waits for the tables is told soon that Spark is away; the next try comes by itself. */
const BOUNDS = { connect_ms_max: 5_000, retry_ms_max: 8_000 }

export class SparkSessions {
  readonly #address: string
  readonly #file: string
  #session: Promise<SparkSession> | undefined
  #ping: Disposable | undefined
  #version: string | null = null
  #ending: Promise<void> = Promise.resolve()

  /** The file need not exist. */
  constructor(address: string, file: string) {
    this.#address = address
    this.#file = file
  }

  /** Of Spark, as it was told last; null before it was. */
  get version(): string | null {
    return this.#version
  }

  current(): Promise<SparkSession> {
    this.#session ??= this.#open()
    return this.#session
  }

  /** Ends the session, in the background; `settled` waits for it. */
  forget(): void {
    this.#ping?.[Symbol.dispose]()
    this.#ping = undefined
    const session = this.#session
    this.#session = undefined
    if (session) this.#ending = session.then(end, () => undefined)
  }

  async settled(): Promise<void> {
    this.forget()
    await this.#ending
  }

  async #open(): Promise<SparkSession> {
    await this.#endFormer()
    const sessionId = randomUUID()
    await mkdir(dirname(this.#file), { recursive: true })
    const session = await connect(this.#address, { sessionId, bounds: BOUNDS })
    await writeFile(this.#file, `${JSON.stringify({ sessionId })}\n`)
    await session.setConfig(SESSION)
    this.#version = await session.version()
    this.#ping = session.keepAlive(PING_MS, () => this.forget())
    return session
  }

  /** Of this process or of one that was killed. */
  async #endFormer(): Promise<void> {
    await this.#ending
    const text = await readFile(this.#file, 'utf8').catch(() => null)
    if (text === null) return
    const { sessionId } = parsed(text)
    if (sessionId === undefined) return
    const former = await connect(this.#address, { sessionId, bounds: BOUNDS }).catch((thrown) => {
      // An ended session is refused by the server that ended it; one that is away is told of later.
      if (thrown?.kind === 'unreachable') throw thrown
      return undefined
    })
    if (former) await end(former)
  }
}

function parsed(text: string): { readonly sessionId?: string } {
  try {
    return JSON.parse(text) as { sessionId?: string }
  } catch {
    return {} // Written half: the session was never used.
  }
}

/** Whatever of it the server does not take now, it forgets in time; one that is away, at once. */
async function end(session: SparkSession): Promise<void> {
  try {
    await session.interrupt('all')
    await uncache(session)
    await session.release()
  } catch {
    await session.close().catch(() => undefined) // Its connection is gone, then.
  }
}
