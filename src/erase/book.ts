/**
 * Which erasures there are: records of a lane of the log, and beside them one receipt each, which
 * says whether it is done. The secret that the hashes are keyed with lies there too:
 *
 *   DIR/log/erasures/...          the erasures, see model/erasure.ts
 *   DIR/erasures/key              32 random bytes as text, for this data folder alone
 *   DIR/erasures/ERASURE.json     the receipt
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log/contract.ts'
import { createDirectory } from '../log/files/directory.ts'
import { realFiles } from '../log/files/file_system.ts'
import { ERASURES_LANE, Erased, type Erasure } from '../model/erasure.ts'
import { ClickpathError } from '../std/errors.ts'
import { isDone, type Receipt, readReceipts, writeReceipt } from './receipts.ts'
import type { Sweeper } from './sweep.ts'

export interface BookOptions {
  /** The data folder. */
  readonly directory: string
  readonly random: (bytes: number) => Buffer
  readonly sweeper: Pick<Sweeper, 'erasuresIn'>
}

const SECRET_BYTES = 32
const NO_LIMITS = { records_max: 100_000, bytes_max: 64_000_000 }

export class ErasureBook {
  readonly erased = new Erased()
  readonly #options: BookOptions
  readonly #erasures = new Map<string, Erasure>()
  #receipts = new Map<string, Receipt>()

  constructor(options: BookOptions) {
    this.#options = options
  }

  get directory(): string {
    return join(this.#options.directory, 'erasures')
  }

  /**
   * Reads what there is; before the first batch, and while the store is this process's own. Throws
   * `ERASURE_KEY_LOST`.
   */
  async load(log: Log): Promise<void> {
    this.#receipts = new Map(await readReceipts(this.directory))
    const told = [...this.#receipts.values()].map(({ erasure: id, requested_at, hashes }) => {
      return { id, until: requested_at, hashes }
    })
    const erasures = [...told, ...(await this.#inLog(log))]
    if (erasures.length === 0) return
    const secret = await readSecret(this.directory)
    if (!secret) throw new ClickpathError('ERASURE_KEY_LOST', join(this.directory, 'key'))
    this.erased.use(secret)
    for (const erasure of erasures) this.#note(erasure)
  }

  /** The secret, made now where nobody was erased before. */
  async openSecret(): Promise<void> {
    if (this.#erasures.size > 0) return
    await createDirectory(realFiles, this.directory)
    const known = await readSecret(this.directory)
    const secret = known ?? this.#options.random(SECRET_BYTES)
    if (!known) await writeSecret(this.directory, secret)
    this.erased.use(secret)
  }

  /** It is in the log now. */
  async add(erasure: Erasure): Promise<void> {
    this.#note(erasure)
    await this.keep({ ...headOf(erasure), completed_at: null })
  }

  async keep(receipt: Receipt): Promise<void> {
    await writeReceipt(this.directory, receipt)
    this.#receipts.set(receipt.erasure, receipt)
  }

  /** Those that no receipt says to be done. */
  pending(): readonly Erasure[] {
    return [...this.#erasures.values()].filter(({ id }) => !isDone(this.#receipts.get(id)))
  }

  /** Of every erasure, the latest first. */
  receipts(): readonly Receipt[] {
    return [...this.#erasures.values()]
      .map(
        (erasure) => this.#receipts.get(erasure.id) ?? { ...headOf(erasure), completed_at: null },
      )
      .sort((one, other) => (one.requested_at < other.requested_at ? 1 : -1))
  }

  #note(erasure: Erasure): void {
    if (this.#erasures.has(erasure.id)) return
    this.#erasures.set(erasure.id, erasure)
    this.erased.add(erasure)
  }

  async #inLog(log: Log): Promise<readonly Erasure[]> {
    const lanes = await log.lanes()
    const own = lanes.find(({ lane }) => lane === ERASURES_LANE)
    const found: Erasure[] = []
    const offsets = new Map(lanes.map(({ lane, durable_position }) => [lane, durable_position]))
    offsets.set(ERASURES_LANE, 0)
    while (own && (offsets.get(ERASURES_LANE) ?? 0) < own.durable_position) {
      const all = await log.read(offsets, NO_LIMITS)
      const slices = all.filter(({ lane }) => lane === ERASURES_LANE)
      const last = slices.at(-1)
      if (!last) continue
      found.push(...(await this.#options.sweeper.erasuresIn(slices)))
      offsets.set(ERASURES_LANE, last.first_position + last.count)
    }
    return found
  }
}

export function headOf({ id, until, hashes }: Erasure) {
  return { erasure: id, requested_at: until, hashes }
}

async function readSecret(directory: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from((await readFile(join(directory, 'key'), 'utf8')).trim(), 'hex')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

/** Durable: a hash whose key is lost can never be compared again. */
async function writeSecret(directory: string, secret: Buffer): Promise<void> {
  const file = join(directory, 'key')
  await writeFile(`${file}.draft`, `${secret.toString('hex')}\n`, { mode: 0o600, flush: true })
  await realFiles.rename(`${file}.draft`, file)
  await realFiles.syncDirectory(directory)
}
