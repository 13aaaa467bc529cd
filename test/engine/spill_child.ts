/** Fills a store's write-ahead log and dies: `node spill_child.ts FILE ROWS`. */
import { Database } from '../../src/engine/duckdb/database.ts'

const [, , file = '', rows] = process.argv
/** So few stay in the write-ahead log; whole row groups would go to the file. */
const ROWS_AT_ONCE = 10_000

const database = await Database.open(
  { store: file, sessions: null },
  { threads: 2, memory_limit_mb: 2_000 },
)
const connection = await database.connect('store')
await connection.script(['CREATE TABLE words (word VARCHAR)', 'CHECKPOINT'])
for (let row = 0; row < Number(rows); row += ROWS_AT_ONCE) {
  await connection.run(`INSERT INTO words
    SELECT md5(n::VARCHAR) || repeat(md5((n * 7)::VARCHAR), 7)
    FROM range(${row}, ${row + ROWS_AT_ONCE}) AS numbers(n)`)
}
process.kill(process.pid, 'SIGKILL')
