/**
 * Read tokens: who may read from afar. DIR/tokens.json holds only their hashes, so each is told
 * once, when it is made. Write keys are another thing: they are public and let nobody read.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../std/clock.ts'
import { ClickpathError, messageOf } from '../std/errors.ts'

/** `read` may see figures; `admin` may also ask in SQL and rebuild. */
export type TokenKind = 'read' | 'admin'
const KINDS: readonly TokenKind[] = ['read', 'admin']

export interface Tokens {
  /** Compares with every token in constant time: how long it takes tells nothing of a token. */
  kindOf(sent: string): TokenKind | undefined
}

export interface TokensOptions {
  /** The data folder. */
  readonly directory: string
  readonly random: (bytes: number) => Buffer
  readonly clock: Clock
  /** Told in one sentence of tokens that were made; the only time that they can be read. */
  readonly tell: (sentence: string) => void
}

interface Entry {
  readonly hash: Buffer
  readonly kind: TokenKind
}

/** Where no token is ever asked for. */
export const NO_TOKENS: Tokens = Object.freeze({ kindOf: () => undefined })

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer')

/** The tokens of a data folder; makes one of each kind where there are none. */
export function openTokens(options: TokensOptions): Tokens {
  const file = join(options.directory, 'tokens.json')
  const entries = readTokens(file) ?? createTokens(file, options)
  return {
    kindOf(sent) {
      const told = hashOf(sent)
      let found: TokenKind | undefined
      for (const entry of entries) if (timingSafeEqual(entry.hash, told)) found = entry.kind
      return found
    },
  }
}

function readTokens(file: string): readonly Entry[] | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ClickpathError('TOKENS_UNREADABLE', file, messageOf(thrown))
  }
  try {
    return Object.entries(JSON.parse(text) as object).map(([hex, entry]) => checked(hex, entry))
  } catch (mistake) {
    throw new ClickpathError('TOKENS_UNREADABLE', file, messageOf(mistake))
  }
}

function checked(hex: string, entry: { readonly kind?: unknown } | null): Entry {
  const kind = KINDS.find((known) => known === entry?.kind)
  if (/^[0-9a-f]{64}$/.test(hex) && kind) return { hash: Buffer.from(hex, 'hex'), kind }
  throw new Error('each sha256 must be followed by {"kind":"read"} or {"kind":"admin"}')
}

function createTokens(file: string, { directory, random, clock, tell }: TokensOptions) {
  const created_at = new Date(clock.now_ms()).toISOString()
  const made = KINDS.map((kind) => ({ kind, token: random(24).toString('base64url') }))
  const entries = made.map(({ kind, token }) => ({ kind, hash: hashOf(token) }))
  const kept = entries.map(({ kind, hash }) => [hash.toString('hex'), { kind, created_at }])
  const draft = `${file}.${random(6).toString('hex')}`
  mkdirSync(directory, { recursive: true })
  writeFileSync(draft, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`, { mode: 0o600 })
  try {
    // A link fails where the name is taken: of two that start at once, one's tokens count.
    linkSync(draft, file)
  } catch (thrown) {
    const others = readTokens(file)
    if (others) return others
    throw new ClickpathError('TOKENS_UNREADABLE', file, messageOf(thrown))
  } finally {
    rmSync(draft, { force: true })
  }
  const words = made.map(({ kind, token }) => `${kind} ${token}`).join(', ')
  tell(`Tokens for reading from afar, told this once; keep them: ${words}`)
  return entries
}
