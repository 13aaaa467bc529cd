/**
 * Who wrote a lane: each opening of it for writing draws an id of its own, and an empty file in the
 * lane's directory says from which position on.
 *
 *   DIR/log/LANE/writer-00000000000000000000-9f86d081884c7d65
 *
 * Positions alone do not tell one log from another: a folder that was restored from a backup, or
 * was copied, and then went on, has other records at the same positions, and so has another shop.
 * But it has other writers too. Whoever keeps what he read remembers its writers, and compares.
 */
import { join } from 'node:path'
import type { Machine } from './machine.ts'
import { digits20, type LaneFiles, listLaneFiles } from './segment_name.ts'

const ID_BYTES = 8
/** The first one is kept for ever; of the others the newest. Beyond, an old reader starts anew. */
const KEPT_MAX = 32

/**
 * Notes a new writer from a position on. Its file's name is durable once the directory is synced,
 * which the caller does before it writes a record.
 */
export async function noteWriter(
  machine: Machine,
  directory: string,
  position: number,
): Promise<void> {
  const { files } = machine
  const { writers } = await listLaneFiles(files, directory)
  const id = machine.random(ID_BYTES).toString('hex')
  await (await files.open(join(directory, writerName(position, id)), 'new')).close()
  // Who began at the same position wrote nothing that is kept.
  const idle = writers.filter(({ from }) => from >= position)
  const [, ...others] = writers.filter(({ from }) => from < position)
  const old = others.slice(0, Math.max(0, others.length + 2 - KEPT_MAX))
  for (const writer of [...idle, ...old]) {
    await files.remove(join(directory, writerName(writer.from, writer.id)))
  }
}

function writerName(from: number, id: string): string {
  return `writer-${digits20(from)}-${id}`
}

/**
 * What tells the records before a position from those of any other log: the lane's first writer and
 * the last one before it. Undefined where nobody noted himself.
 */
export function writersBefore(writers: LaneFiles['writers'], position: number): string | undefined {
  const before = writers.filter(({ from }) => from < position)
  const [first, last] = [before.at(0), before.at(-1)]
  return first && last && `${first.id}.${last.id}`
}
