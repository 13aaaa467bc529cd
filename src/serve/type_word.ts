/** What the API calls a type of DuckDB's: the words of the model, so that pages know one set. */
import type { AnswerType } from '../model/measure.ts'
import { DUCKDB_TYPES } from '../std/duckdb.ts'

const WORDS: Readonly<Record<string, AnswerType>> = {
  ...Object.fromEntries(Object.entries(DUCKDB_TYPES).map(([word, type]) => [type, word])),
  ...{ TINYINT: 'integer', SMALLINT: 'integer', INTEGER: 'integer', UTINYINT: 'integer' },
  ...{ USMALLINT: 'integer', UINTEGER: 'integer', UBIGINT: 'wide', UHUGEINT: 'wide' },
  ...{ FLOAT: 'double', DATE: 'timestamp', 'TIMESTAMP WITH TIME ZONE': 'timestamp' },
}

/** `text` for whatever has no word of its own. */
export function typeWord(type: string): AnswerType {
  if (type.endsWith('[]')) return 'list'
  if (type.startsWith('DECIMAL')) return 'decimal'
  return WORDS[type] ?? 'text'
}
