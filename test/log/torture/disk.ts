/**
 * A disk under a page cache. What is written shows at once and is lost with the power unless it was
 * synced; what a failed sync was asked to write counts as clean and never reaches the disk; a name
 * is lost unless its directory was synced. It knows paths and bytes; who asks is files.ts.
 *
 * Directories are taken to be journalled: a failed sync of one leaves its names to the next.
 */
import { basename, dirname } from 'node:path'

/** Numbers in [0, 1), the same for the same seed. */
export type Random = () => number

export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What of the unsynced happened to reach the disk when the power went. */
export type Survival = 'nothing' | 'everything' | 'some'

type Change =
  | { readonly kind: 'write'; readonly byte: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly bytes: number }

/** The disk writes whole blocks; one that was not written shows as zeros, or as it was before. */
const BLOCK_BYTES = 64

function applied(content: Buffer, change: Change): Buffer {
  if (change.kind === 'truncate') {
    const cut = Buffer.alloc(change.bytes)
    content.copy(cut)
    return cut
  }
  const { byte, bytes } = change
  const length = Math.max(content.length, byte + bytes.length)
  // Zeros are only needed where nothing is copied to.
  const grown = byte > content.length ? Buffer.alloc(length) : Buffer.allocUnsafe(length)
  content.copy(grown)
  bytes.copy(grown, byte)
  return grown
}

/** The parts of a write that reached the disk: its beginning, or any of its blocks. */
function torn(change: Change, random: Random): readonly Change[] {
  if (random() < 0.4) return random() < 0.5 ? [change] : []
  if (change.kind === 'truncate') return [change]
  const { byte, bytes } = change
  if (random() < 0.5) {
    return [{ ...change, bytes: bytes.subarray(0, Math.floor(random() * bytes.length)) }]
  }
  const blocks: Change[] = []
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES)
    if (random() < 0.6) blocks.push({ kind: 'write', byte: byte + at, bytes: block })
  }
  return blocks
}

export class DiskFile {
  readonly kind = 'file'
  #shown: Buffer = Buffer.alloc(0)
  #durable: Buffer = Buffer.alloc(0)
  #pending: Change[] = []
  /** Whether a failed sync has lost something that still shows. */
  #lost: 'nothing' | 'something' = 'nothing'

  get shown(): Buffer {
    return this.#shown
  }

  get durable(): Buffer {
    return this.#durable
  }

  change(change: Change): void {
    this.#shown = applied(this.#shown, change)
    this.#pending.push(change)
  }

  sync(): void {
    if (this.#lost === 'nothing') this.#durable = this.#shown
    else this.#durable = this.#pending.reduce(applied, this.#durable)
    this.#pending = []
  }

  failSync(reached: Survival, random: Random): void {
    this.#durable = this.#reached(reached, random)
    this.#pending = []
    this.#lost = 'something'
  }

  losePower(survival: Survival, random: Random): void {
    this.#durable = this.#reached(survival, random)
    this.#shown = this.#durable
    this.#pending = []
    this.#lost = 'nothing'
  }

  #reached(survival: Survival, random: Random): Buffer {
    if (survival === 'nothing') return this.#durable
    const parts = this.#pending.flatMap((change) =>
      survival === 'everything' ? [change] : torn(change, random),
    )
    return parts.reduce(applied, this.#durable)
  }
}

type Node = DiskFile | DiskDirectory
/** One name or two that change together; null: it is gone. */
type NameChange = readonly (readonly [name: string, node: Node | null])[]

export class DiskDirectory {
  readonly kind = 'directory'
  #shown = new Map<string, Node>()
  #durable = new Map<string, Node>()
  #pending: NameChange[] = []

  get shown(): ReadonlyMap<string, Node> {
    return this.#shown
  }

  get durable(): ReadonlyMap<string, Node> {
    return this.#durable
  }

  change(change: NameChange): void {
    DiskDirectory.#apply(this.#shown, change)
    this.#pending.push(change)
  }

  sync(): void {
    this.#durable = new Map(this.#shown)
    this.#pending = []
  }

  losePower(survival: Survival, random: Random): void {
    for (const change of this.#pending) {
      if (survival === 'everything' || (survival === 'some' && random() < 0.5)) {
        DiskDirectory.#apply(this.#durable, change)
      }
    }
    this.#shown = new Map(this.#durable)
    this.#pending = []
    for (const node of this.#shown.values()) node.losePower(survival, random)
  }

  static #apply(names: Map<string, Node>, change: NameChange): void {
    for (const [name, node] of change) {
      if (node) names.set(name, node)
      else names.delete(name)
    }
  }
}

/** An error as the system throws it. */
export function systemError(code: string, doing: string): Error {
  return Object.assign(new Error(`${code}: ${doing}`), { code })
}

export class Disk {
  readonly #root = new DiskDirectory()
  readonly #paths = new Map<string, readonly string[]>()

  find(path: string): Node | null {
    let node: Node | undefined = this.#root
    for (const name of this.#namesOf(path)) {
      if (node?.kind !== 'directory') return null
      node = node.shown.get(name)
    }
    return node ?? null
  }

  #namesOf(path: string): readonly string[] {
    const known = this.#paths.get(path)
    if (known) return known
    const names = path.split('/').filter((part) => part !== '')
    this.#paths.set(path, names)
    return names
  }

  directory(path: string): DiskDirectory {
    const node = this.find(path)
    if (node?.kind === 'directory') return node
    throw systemError('ENOENT', path)
  }

  file(path: string): DiskFile {
    const node = this.find(path)
    if (node?.kind === 'file') return node
    throw systemError('ENOENT', path)
  }

  create(path: string): DiskFile {
    const file = new DiskFile()
    this.directory(dirname(path)).change([[basename(path), file]])
    return file
  }

  makeDirectory(path: string): void {
    if (this.find(path)) return
    this.makeDirectory(dirname(path))
    this.directory(dirname(path)).change([[basename(path), new DiskDirectory()]])
  }

  rename(from: string, to: string): void {
    const node = this.find(from)
    if (!node) throw systemError('ENOENT', from)
    const change: NameChange = [
      [basename(from), null],
      [basename(to), node],
    ]
    this.directory(dirname(from)).change(change)
  }

  remove(path: string): void {
    if (this.find(path)) this.directory(dirname(path)).change([[basename(path), null]])
  }

  losePower(survival: Survival, random: Random): void {
    this.#root.losePower(survival, random)
  }
}
