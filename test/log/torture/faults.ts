/**
 * What can go wrong at one operation of the file system, by name, and at which operations it can.
 * The n-th operation of a run is counted over all its processes.
 */
import type { Survival } from './disk.ts'

export type Operation =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'durable write'
  | 'write now'
  | 'truncate'
  | 'sync'
  | 'size'
  | 'close'
  | 'make directory'
  | 'sync directory'
  | 'list'
  | 'rename'
  | 'remove'
  | 'free bytes'

/** The part of a write that was done: from its beginning, or all but a hole in its middle. */
export type Part = number | 'all but the last byte' | 'one byte' | 'all but the middle'

export type Fault = Mishap & {
  /** Whether the power goes as well, a few operations later. */
  readonly followed_by?: 'power'
}

type Mishap =
  /** The power goes: before the operation, after it, or with a part of its bytes written. */
  | {
      readonly kind: 'power'
      readonly when: 'before' | 'after' | Part
      readonly survival: Survival
      /** Whether the power goes again while what is left is recovered. */
      readonly again?: 'while recovering'
    }
  /** The process is killed; the page cache stays. */
  | { readonly kind: 'kill'; readonly when: 'before' | 'after' | Part }
  /** The operation fails, a write after a part of it. */
  | { readonly kind: 'error'; readonly code: string; readonly part: Part }
  /** A read or write does a part and says so. */
  | { readonly kind: 'short'; readonly part: Part }
  /** The bytes show, and are not on the disk. */
  | { readonly kind: 'failed sync'; readonly code: string; readonly reached: Survival }
  /** Nothing can grow for so many operations. */
  | { readonly kind: 'full'; readonly operations: number }
  /** It does not return until it is released. */
  | { readonly kind: 'hang' }

const WRITES: readonly Operation[] = ['write', 'durable write', 'write now']
const SYNCS: readonly Operation[] = ['sync', 'sync directory', 'durable write']
const CHANGES: readonly Operation[] = [
  ...WRITES,
  ...SYNCS,
  'create',
  'truncate',
  'make directory',
  'rename',
  'remove',
]
const GROWING: readonly Operation[] = [...WRITES, 'create', 'make directory', 'rename']

export const grows = (operation: Operation): boolean => GROWING.includes(operation)

const power = (when: 'before' | 'after' | Part, survival: Survival): Fault => ({
  kind: 'power',
  when,
  survival,
})
const error = (code: string, part: Part = 0): Fault => ({ kind: 'error', code, part })

interface NamedFault {
  readonly fault: Fault
  /** Where it can happen; everywhere unless said. */
  readonly at?: readonly Operation[]
}

export const FAULTS: Readonly<Record<string, NamedFault>> = {
  'power-before-nothing': { fault: power('before', 'nothing') },
  'power-before-everything': { fault: power('before', 'everything') },
  'power-before-some': { fault: power('before', 'some') },
  'power-after-nothing': { fault: power('after', 'nothing'), at: CHANGES },
  'power-after-everything': { fault: power('after', 'everything'), at: CHANGES },
  'power-after-some': { fault: power('after', 'some'), at: CHANGES },
  'power-torn-one-byte': { fault: power('one byte', 'everything'), at: WRITES },
  'power-torn-third': { fault: power(1 / 3, 'some'), at: WRITES },
  'power-torn-half': { fault: power(0.5, 'everything'), at: WRITES },
  'power-torn-last-byte': { fault: power('all but the last byte', 'everything'), at: WRITES },
  'power-torn-middle': { fault: power('all but the middle', 'everything'), at: WRITES },
  'power-twice': {
    fault: { kind: 'power', when: 'after', survival: 'some', again: 'while recovering' },
    at: CHANGES,
  },
  'kill-before': { fault: { kind: 'kill', when: 'before' } },
  'kill-after': { fault: { kind: 'kill', when: 'after' }, at: CHANGES },
  'kill-torn-half': { fault: { kind: 'kill', when: 0.5 }, at: WRITES },
  'kill-torn-last-byte': { fault: { kind: 'kill', when: 'all but the last byte' }, at: WRITES },
  eio: { fault: error('EIO') },
  'eio-half': { fault: error('EIO', 0.5), at: WRITES },
  enospc: { fault: error('ENOSPC'), at: GROWING },
  'enospc-half': { fault: error('ENOSPC', 0.5), at: WRITES },
  'enospc-last-byte': { fault: error('ENOSPC', 'all but the last byte'), at: WRITES },
  'enospc-for-9': { fault: { kind: 'full', operations: 9 }, at: GROWING },
  'short-half': { fault: { kind: 'short', part: 0.5 }, at: [...WRITES, 'read'] },
  'short-one-byte': { fault: { kind: 'short', part: 'one byte' }, at: [...WRITES, 'read'] },
  'short-nothing': { fault: { kind: 'short', part: 0 }, at: WRITES },
  'sync-eio-nothing': {
    fault: { kind: 'failed sync', code: 'EIO', reached: 'nothing' },
    at: SYNCS,
  },
  'sync-eio-some': { fault: { kind: 'failed sync', code: 'EIO', reached: 'some' }, at: SYNCS },
  'sync-enospc-nothing': {
    fault: { kind: 'failed sync', code: 'ENOSPC', reached: 'nothing' },
    at: SYNCS,
  },
  'sync-enospc-everything': {
    fault: { kind: 'failed sync', code: 'ENOSPC', reached: 'everything' },
    at: SYNCS,
  },
  'kill-then-power': { fault: { kind: 'kill', when: 'after', followed_by: 'power' }, at: CHANGES },
  'eio-then-power': { fault: { ...error('EIO'), followed_by: 'power' }, at: CHANGES },
  'enospc-then-power': {
    fault: { ...error('ENOSPC', 'all but the last byte'), followed_by: 'power' },
    at: WRITES,
  },
  'sync-eio-then-power': {
    fault: { kind: 'failed sync', code: 'EIO', reached: 'nothing', followed_by: 'power' },
    at: SYNCS,
  },
  'sync-enospc-then-power': {
    fault: { kind: 'failed sync', code: 'ENOSPC', reached: 'everything', followed_by: 'power' },
    at: SYNCS,
  },
  hang: { fault: { kind: 'hang' } },
}

export function canHappen(name: string, operation: Operation): boolean {
  const named = FAULTS[name]
  return named !== undefined && (named.at?.includes(operation) ?? true)
}

/** How many of so many bytes; for a hole, all of them. */
export function bytesOf(part: Part, bytes: number): number {
  if (part === 'one byte') return Math.min(1, bytes)
  if (part === 'all but the last byte') return Math.max(0, bytes - 1)
  if (part === 'all but the middle') return bytes
  return Math.floor(part * bytes)
}
