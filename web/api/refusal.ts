/** Why there is no answer, as the API says it: a code, and a sentence that says what to do. */
export class Refusal extends Error {
  readonly code: string
  /** `away`: nobody answered, and asking again helps; `refused`: this question has no answer. */
  readonly kind: 'away' | 'refused'
  /** Of SQL: the character that is wrong, where one is. */
  readonly position: number | undefined

  constructor(code: string, message: string, kind: 'away' | 'refused', position?: number) {
    super(message)
    this.code = code
    this.kind = kind
    this.position = position
  }
}

export const AWAY = new Refusal(
  'AWAY',
  'Clickpath does not answer. This page tries again by itself; nothing that was sent is lost.',
  'away',
)

interface Told {
  readonly code?: string
  readonly message?: string
  readonly position?: number
}

/** Of an answer that is none. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const told = (await response.json().catch(() => ({}))) as Told
  const { code = `HTTP_${response.status}`, message, position } = told
  // What serves is being started, or is busy: the same question is answered soon.
  const kind = [502, 503, 504].includes(response.status) ? 'away' : 'refused'
  return new Refusal(code, message ?? `The server answered ${response.status}.`, kind, position)
}
