/**
 * Write keys: whose events these are. DIR/keys.json holds
 * `{"KEY":{"source":"web","kind":"browser"}}` and is made at the first start with one random key. A
 * write key is public: it lets nobody read.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ClickpathError, messageOf } from '../std/errors.ts'
import type { Random } from './steps/step.ts'

export interface WriteKey {
  readonly key: string
  /** The source of the events that it sends. */
  readonly source: string
  /** A browser's copy of a purchase yields to a server's. */
  readonly kind: 'browser' | 'server'
}

export interface Keys {
  readonly all: readonly WriteKey[]
  /** Compares with every key in constant time: how long it takes tells nothing of a key. */
  find(sent: string): WriteKey | undefined
  /**
   * The key whose source has this name, for formats without a key. Of kind `browser` alone: a name
   * can be guessed, and a server's copy of an order is believed before others.
   */
  ofProgram(name: string): WriteKey | undefined
}

/** The keys of a data folder; makes the file where there is none. Throws `KEYS_UNREADABLE`. */
export function openKeys(directory: string, random: Random): Keys {
  const file = join(directory, 'keys.json')
  return keysOf(readKeys(file) ?? createKeys(directory, file, random))
}

export function keysOf(all: readonly WriteKey[]): Keys {
  const digests = all.map(({ key }) => digestOf(key))
  return Object.freeze({
    all,
    find(sent: string) {
      const digest = digestOf(sent)
      let found: WriteKey | undefined
      for (const [index, known] of digests.entries()) {
        if (timingSafeEqual(digest, known)) found = all[index]
      }
      return found
    },
    ofProgram: (name: string) =>
      all.find(({ source, kind }) => kind === 'browser' && source === name),
  })
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer')
}

function readKeys(file: string): readonly WriteKey[] | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new ClickpathError('KEYS_UNREADABLE', file, messageOf(thrown))
  }
  try {
    return Object.entries(JSON.parse(text) as object).map(([key, entry]) => checked(key, entry))
  } catch (mistake) {
    throw new ClickpathError('KEYS_UNREADABLE', file, messageOf(mistake))
  }
}

function checked(key: string, entry: unknown): WriteKey {
  const { source, kind } = (entry ?? {}) as { source?: unknown; kind?: unknown }
  const names = key !== '' && typeof source === 'string' && /^[\w.-]{1,64}$/.test(source)
  if (!names || (kind !== 'browser' && kind !== 'server')) {
    const due = '{"source":"NAME","kind":"browser" or "server"}, NAME of letters, digits, _ . -'
    throw new Error(`each key must be followed by ${due}`)
  }
  return Object.freeze({ key, source, kind })
}

/**
 * Tricky: a link fails where the name is taken, so of two that start at once both have one file.
 */
function createKeys(directory: string, file: string, random: Random): readonly WriteKey[] {
  const key = random(18).toString('base64url')
  const entry = { source: 'web', kind: 'browser' } as const
  const draft = `${file}.${random(6).toString('hex')}`
  mkdirSync(directory, { recursive: true })
  writeFileSync(draft, `${JSON.stringify({ [key]: entry }, null, 2)}\n`, { mode: 0o600 })
  try {
    linkSync(draft, file)
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    const others = code === 'EEXIST' ? readKeys(file) : undefined
    if (others) return others
    throw new ClickpathError('KEYS_UNREADABLE', file, messageOf(thrown))
  } finally {
    rmSync(draft, { force: true })
  }
  return [{ key, ...entry }]
}
