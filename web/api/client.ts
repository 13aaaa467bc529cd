/**
 * Asks the server: answers, the token where one is needed, the live stream, and whether anybody
 * answers at all. Knows nothing of views and draws nothing.
 */
import { AWAY, Refusal, refusalOf } from './refusal.ts'
import {
  type Answer,
  type Asked,
  type Body,
  type GetPath,
  type PostAnswer,
  type PostPath,
  urlOf,
} from './routes.ts'
import { Store } from './store.ts'

const TOKEN = 'clickpath-token'
/** Answers kept to show at once when somebody comes back to a view; the oldest goes. */
const KEPT_MAX = 60

/**
 * Whether a token is being asked for: a first one, another than one that nobody knows, or one that
 * may do more than the one that is there.
 */
export type TokenWanted = 'not wanted' | 'a first' | 'another' | 'one for more'

export type Connection = 'connecting' | 'live' | 'away'

/** An answer, and the text it came as: equal texts are equal answers. */
export interface Told {
  readonly url: string
  readonly text: string
  readonly answer: unknown
}

export class Api {
  readonly connection = new Store<Connection>('connecting')
  readonly tokenWanted = new Store<TokenWanted>('not wanted')
  readonly #kept = new Map<string, Told>()
  /** Answered with this before. */
  #known: string | null = null
  #asking: PromiseWithResolvers<'given' | 'declined'> | undefined

  async get<Path extends GetPath>(
    path: Path,
    asked: Asked<Path>,
    signal?: AbortSignal,
  ): Promise<Answer<Path>> {
    return (await this.read(urlOf(path, asked), signal)).answer as Answer<Path>
  }

  async post<Path extends PostPath>(path: Path, body: Body<Path>): Promise<PostAnswer<Path>> {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body ?? {}) }
    return (await (await this.#answered(path, init)).json()) as PostAnswer<Path>
  }

  /** The answer at an address, such as one that another answer names. Throws `Refusal`. */
  async read(url: string, signal?: AbortSignal): Promise<Told> {
    const response = await this.#answered(url, signal ? { signal } : {})
    const text = await response.text()
    const told = { url, text, answer: JSON.parse(text) as unknown }
    this.#kept.delete(url)
    this.#kept.set(url, told)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > KEPT_MAX && oldest !== undefined) this.#kept.delete(oldest)
    return told
  }

  /** What this address answered last. */
  kept(url: string): Told | undefined {
    return this.#kept.get(url)
  }

  async blob(url: string): Promise<Blob> {
    return (await this.#answered(url, {})).blob()
  }

  /** The body of a stream, from where a broken one left off. */
  async stream(url: string, last_id: string, signal: AbortSignal): Promise<ReadableStream> {
    const headers: Record<string, string> = last_id ? { 'last-event-id': last_id } : {}
    const { body } = await this.#answered(url, { headers, signal })
    return body as ReadableStream
  }

  giveToken(token: string): void {
    sessionStorage.setItem(TOKEN, token.trim())
    this.#endAsking('given')
  }

  /** What needed another token is refused; all else goes on with the one that is there. */
  declineToken(): void {
    this.#endAsking('declined')
  }

  async #answered(url: string, init: RequestInit): Promise<Response> {
    const token = sessionStorage.getItem(TOKEN)
    const response = await this.#fetch(url, init, token)
    if (response.status === 401) {
      // While it was on its way, somebody may have given another.
      const isLate = sessionStorage.getItem(TOKEN) !== token
      const told = isLate ? 'given' : await this.#askToken(token)
      if (told === 'given') return this.#answered(url, init)
    }
    if (response.ok) {
      this.#known = token
      return response
    }
    const refusal = await refusalOf(response)
    if (refusal.kind === 'away') this.connection.set('away')
    throw refusal
  }

  async #fetch(url: string, init: RequestInit, token: string | null): Promise<Response> {
    const headers = { ...init.headers, ...(token ? { authorization: `Bearer ${token}` } : {}) }
    try {
      const response = await fetch(url, { ...init, headers })
      if (response.status < 500) this.connection.set('live')
      return response
    } catch (thrown) {
      if (init.signal?.aborted) throw new Refusal('LEFT', 'No longer asked.', 'refused')
      this.connection.set('away')
      throw thrown instanceof TypeError ? AWAY : thrown
    }
  }

  /** Once for all who need it. */
  #askToken(refused: string | null): Promise<'given' | 'declined'> {
    if (!this.#asking) {
      this.#asking = Promise.withResolvers()
      const isKnown = refused === this.#known ? 'one for more' : 'another'
      this.tokenWanted.set(refused === null ? 'a first' : isKnown)
    }
    return this.#asking.promise
  }

  #endAsking(how: 'given' | 'declined'): void {
    this.tokenWanted.set('not wanted')
    this.#asking?.resolve(how)
    this.#asking = undefined
  }
}
