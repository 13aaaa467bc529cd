/**
 * What does not fit into memory goes to a folder beside the store: also when the store that was
 * left by a killed process needs it while it opens, and again afterwards.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Database } from '../../src/engine/duckdb/database.ts'

const ROWS = 480_000
/** More than two thirds of it are needed for what the write-ahead log holds. */
const MEMORY_MB = 120

test('opens a store whose write-ahead log does not fit into memory, and goes on', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'clickpath-spill-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = path.join(folder, 'store.duckdb')
  const child = fork(fileURLToPath(new URL('./spill_child.ts', import.meta.url)), [
    file,
    String(ROWS),
  ])
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL', 'the child writes and kills itself')
  const database = await Database.open(
    { store: file, sessions: null },
    { threads: 2, memory_limit_mb: MEMORY_MB },
  )
  t.after(() => database.close())
  const connection = await database.connect('store')
  for (let turn = 0; turn < 2; turn += 1) {
    const [row] = await connection.rows(
      'SELECT count(*) AS n FROM (SELECT DISTINCT word FROM words)',
    )
    assert.equal(Number(row?.n), ROWS)
  }
  assert.deepEqual(await readdir(`${file}.spill`), [String(process.pid)])
})
