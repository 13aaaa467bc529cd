/** A client of the live stream, as a browser would be one. */

export interface LiveEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: { readonly table: string; readonly rows: readonly Record<string, unknown>[] }
}

function parse(block: string): LiveEvent | undefined {
  const fields = new Map<string, string>()
  for (const line of block.split('\n')) {
    const at = line.indexOf(': ')
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 2))
  }
  const data = fields.get('data')
  if (data === undefined) return undefined
  return { event: fields.get('event') ?? '', id: fields.get('id'), data: JSON.parse(data) }
}

export class LiveReader {
  last_id = ''
  readonly #stopping = new AbortController()
  readonly #events: AsyncGenerator<LiveEvent>

  constructor(url: string, last_id = '') {
    this.last_id = last_id
    this.#events = this.#read(url)
  }

  async *#read(url: string): AsyncGenerator<LiveEvent> {
    const headers: Record<string, string> = this.last_id ? { 'last-event-id': this.last_id } : {}
    const answer = await fetch(url, { headers, signal: this.#stopping.signal })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of answer.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
        const found = parse(text.slice(0, at))
        text = text.slice(at + 2)
        if (!found) continue
        this.last_id = found.id ?? this.last_id
        yield found
      }
    }
  }

  /** The next event that is as wished; those before it are passed over. */
  async next(wished: (event: LiveEvent) => boolean): Promise<LiveEvent> {
    for (;;) {
      const { value, done } = await this.#events.next()
      if (done) throw new Error('the stream ended')
      if (wished(value)) return value
    }
  }

  close(): void {
    this.#stopping.abort()
  }
}
