/**
 * Whether a query may run: exactly one SELECT that names nothing but the public tables and calls
 * nothing but known functions. DuckDB itself parses it; every node of the syntax tree must be of a
 * kind known here, so what a later version of DuckDB adds is refused until it is looked at.
 */
import type { Row, Store } from '../engine/contract.ts'
import { SQL_FUNCTIONS, SQL_TABLE_FUNCTIONS, SQL_TEXT_FUNCTIONS } from './sql_functions.ts'
import { characterAt, SqlRefusal } from './sql_place.ts'
import { isNode, nodesOf, type SqlNode, tooLarge } from './sql_size.ts'

/** Characters of a query; a longer one is refused, since parsing cannot be interrupted. */
const SQL_LENGTH_MAX = 20_000
/** Characters of a text that functions put into another one many times. */
const REPLACEMENT_LENGTH_MAX = 200

const EXPRESSIONS: ReadonlySet<unknown> = new Set([
  ...['BETWEEN', 'CASE', 'CAST', 'COLLATE', 'COLUMN_REF', 'COMPARISON', 'CONJUNCTION', 'CONSTANT'],
  ...['FUNCTION', 'OPERATOR', 'PARAMETER', 'POSITIONAL_REFERENCE', 'STAR', 'SUBQUERY', 'WINDOW'],
  // `a -> 'b'` reads a member of JSON; functions that take a lambda are not among the known ones.
  'LAMBDA',
])

const RELATIONS: ReadonlySet<unknown> = new Set([
  ...['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'],
  ...['BASE_TABLE', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'EMPTY', 'TABLE_FUNCTION', 'PIVOT'],
  ...['ORDER_MODIFIER', 'LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'DISTINCT_MODIFIER'],
  ...['ASCENDING', 'DESCENDING', 'ORDER_DEFAULT'],
])

const refuse = (reason: string, position?: number) => new SqlRefusal(reason, position)

const lower = (value: unknown): string => String(value ?? '').toLowerCase()

/** What is checked, and the text it stands in. */
interface Checked {
  readonly sql: string
  /** What tables and WITH give. */
  readonly names: ReadonlySet<string>
  /** For people: the tables. */
  readonly allowed: readonly string[]
}

function checkName(node: SqlNode, { sql, names, allowed }: Checked): void {
  const at = characterAt(sql, node.query_location)
  const { catalog_name = '', schema_name = '', at_clause } = node
  if (catalog_name !== '' || schema_name !== '') {
    throw refuse(`tables are named without a schema, not as ${schema_name}.${node.table_name}`, at)
  }
  if (at_clause) throw refuse('AT is not known here', at)
  if (!names.has(lower(node.table_name))) {
    throw refuse(`there is no table ${node.table_name}. Tables: ${allowed.join(', ')}`, at)
  }
}

function checkFunction(node: SqlNode, known: ReadonlySet<string>, { sql }: Checked): void {
  const at = characterAt(sql, node.query_location)
  const { function_name, schema = '', catalog = '' } = node
  if (catalog !== '' || (schema !== '' && schema !== 'main')) {
    throw refuse(`functions are named without a schema, not as ${schema}.${function_name}`, at)
  }
  if (!known.has(lower(function_name))) {
    throw refuse(`the function ${function_name} is not among those that a query may call`, at)
  }
  checkTexts(node, at)
}

/**
 * What a text is replaced by must stand in the query: taken from a column, one call could make of
 * a text its square, beyond the memory that DuckDB keeps to.
 */
function checkTexts({ function_name, children }: SqlNode, at: number | undefined): void {
  const first = SQL_TEXT_FUNCTIONS.get(lower(function_name))
  if (first === undefined || !Array.isArray(children)) return
  for (const child of children.slice(first)) {
    const text = isNode(child) && isNode(child.value) ? child.value.value : undefined
    if (typeof text === 'string' && text.length <= REPLACEMENT_LENGTH_MAX) continue
    throw refuse(
      `${function_name} takes text in quotes, of at most ${REPLACEMENT_LENGTH_MAX} characters`,
      at,
    )
  }
}

function check(root: unknown, checked: Checked): void {
  const tableFunctions = new Set<unknown>()
  for (const node of nodesOf(root)) {
    const { type } = node
    if (typeof node.class === 'string') {
      if (!EXPRESSIONS.has(node.class)) throw refuse(`${node.class} is not known here`)
      const asTable = tableFunctions.has(node)
      if ('function_name' in node) {
        checkFunction(node, asTable ? SQL_TABLE_FUNCTIONS : SQL_FUNCTIONS, checked)
      } else if (asTable) throw refuse('a table is expected after FROM')
      continue
    }
    if (typeof type !== 'string' || type.endsWith('_TYPE_INFO')) continue
    if (!RELATIONS.has(type)) throw refuse(`${type} is not known here; ask with SELECT`)
    if (type === 'BASE_TABLE') checkName(node, checked)
    if (type === 'TABLE_FUNCTION') tableFunctions.add(node.function)
  }
}

/**
 * The names that WITH gives. One that is also the name of a stored table or view is refused, as is
 * one that could be a file's: which of two a reference means must not hang on scoping rules.
 */
function namesOfWith(root: unknown, stored: ReadonlySet<string>): readonly string[] {
  const names: string[] = []
  for (const node of nodesOf(root)) {
    const entries = isNode(node.cte_map) ? node.cte_map.map : []
    if (Array.isArray(entries)) names.push(...entries.map((entry: SqlNode) => lower(entry.key)))
    if (typeof node.cte_name === 'string') names.push(lower(node.cte_name))
  }
  for (const name of names) {
    if (!/^[a-z_]\w*$/.test(name) || stored.has(name)) {
      throw refuse(`WITH cannot give the name ${name}; choose another`)
    }
  }
  return names
}

async function storedNames(store: Pick<Store, 'rows'>): Promise<readonly string[]> {
  const rows: readonly Row[] = await store.rows(
    `SELECT lower(table_name) AS name FROM duckdb_tables()
     UNION SELECT lower(view_name) FROM duckdb_views()`,
  )
  return rows.map(({ name }) => String(name))
}

function checkSize(sql: string): void {
  if (sql.length > SQL_LENGTH_MAX) throw refuse(`it is longer than ${SQL_LENGTH_MAX} characters`)
  if (sql.includes('\0')) throw refuse('it holds a NUL character')
}

/**
 * Answers the query as it may be run, without its closing semicolon. Throws `SQL_REFUSED` unless it
 * is one SELECT over `allowedNames`. The text that was checked is the text that runs: nothing is
 * put together anew from the tree.
 */
export async function guardSql(
  store: Pick<Store, 'rows'>,
  sql: string,
  allowedNames: Iterable<string>,
): Promise<string> {
  checkSize(sql)
  const [row] = await store.rows('SELECT json_serialize_sql(?::VARCHAR) AS tree', [sql])
  const tree = isNode(row?.tree) ? row.tree : { error: true, error_message: 'it is too deep' }
  if (tree.error !== false) {
    throw refuse(String(tree.error_message), characterAt(sql, tree.position))
  }
  const statements = Array.isArray(tree.statements) ? tree.statements : []
  if (statements.length !== 1) throw refuse(`it holds ${statements.length} statements, not one`)
  const allowed = [...allowedNames].map(lower)
  const stored = new Set(await storedNames(store))
  for (const name of allowed) stored.delete(name)
  const withs = namesOfWith(statements, stored)
  check(statements, { sql, names: new Set([...allowed, ...withs]), allowed })
  // The tree does not tell this: without it a WITH that is used twice is planned once.
  if (withs.length > 0 && /\bmaterialized\b/i.test(sql)) {
    throw refuse('WITH is not told here whether to be MATERIALIZED')
  }
  const reason = tooLarge(statements, withs)
  if (reason !== undefined) throw refuse(reason)
  return sql.trim().replace(/;$/, '')
}
