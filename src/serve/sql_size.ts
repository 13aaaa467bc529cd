/**
 * How large a query grows while it is planned. DuckDB writes it out (stars into columns, aliases
 * into what they stand for, structs into their types) in steps that cannot be interrupted, so a
 * short text that doubles at every step is refused before it is planned.
 */
export type SqlNode = Readonly<Record<string, unknown>>

/** What a query's parts may multiply to, from subquery to subquery. */
const GROWTH_MAX = 2_000
/** Parts of a SELECT, written out. */
const SELECT_MAX = 4_000
/** Calls that make lists, structs and maps: types are as deep as these are nested. */
const MAKERS_MAX = 100
/** Subqueries within expressions, one in another: each level is planned anew for the next. */
const SUBQUERIES_DEEP_MAX = 6

const MAKERS: ReadonlySet<unknown> = new Set([
  ...['row', 'struct_pack', 'struct_insert', 'map', 'map_from_entries', 'list_value', 'list_zip'],
  ...['array_value', 'list', 'array_agg'],
])

const SCOPES: ReadonlySet<unknown> = new Set([
  ...['SELECT_NODE', 'EXPRESSION_LIST', 'TABLE_FUNCTION', 'PIVOT'],
])

export const isNode = (value: unknown): value is SqlNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isScope = (node: SqlNode) => typeof node.class !== 'string' && SCOPES.has(node.type)
const isColumn = (node: SqlNode) => node.class === 'COLUMN_REF'
const isStar = (node: SqlNode) => node.class === 'STAR'
const isMaker = (node: SqlNode) => node.class === 'FUNCTION' && MAKERS.has(node.function_name)

/** Every object in the tree, whatever holds it, without what is below those that `stop` names. */
export function* nodesOf(root: unknown, stop?: (node: SqlNode) => boolean): Generator<SqlNode> {
  const waiting = [root]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    if (isNode(value)) {
      yield value
      if (value !== root && stop?.(value)) continue
    }
    for (const child of Object.values(value)) waiting.push(child)
  }
}

const count = (nodes: Iterable<SqlNode>, is: (node: SqlNode) => boolean): number => {
  let found = 0
  for (const node of nodes) if (is(node)) found += 1
  return found
}

const namesIn = (node: SqlNode): readonly unknown[] =>
  Array.isArray(node.column_names) ? node.column_names : []

/** By how much what a scope takes in may be multiplied in what it gives out. */
function growthOf(scope: SqlNode, relations: ReadonlySet<string>, withs: ReadonlySet<string>) {
  const own = [...nodesOf(scope, isScope)].filter((node) => node === scope || !isScope(node))
  const stars = count(own, isStar)
  const copies = count(
    own,
    (node) => node.type === 'BASE_TABLE' && withs.has(String(node.table_name).toLowerCase()),
  )
  // A table named as if it were a column is a struct of all its columns.
  const whole = count(own, (node) => {
    const [name, ...rest] = namesIn(node)
    return isColumn(node) && rest.length === 0 && relations.has(String(name).toLowerCase())
  })
  const made = new Set<SqlNode>()
  for (const maker of own.filter(isMaker)) {
    for (const node of nodesOf(maker, isScope)) if (isColumn(node) || isStar(node)) made.add(node)
  }
  return Math.max(1, stars * Math.max(1, copies) + whole + made.size)
}

/** Parts of an expression where every alias is written out as what it stands for. */
function expressionSize(expression: unknown, sizes: ReadonlyMap<string, number>): number {
  let size = 0
  for (const node of nodesOf(expression)) {
    if (typeof node.class !== 'string') continue
    const known = namesIn(node).map((name) => sizes.get(String(name).toLowerCase()) ?? 1)
    size += Math.max(1, ...known)
  }
  return size
}

/** The same of a whole SELECT without its subqueries in FROM. */
function selectSize({ select_list, from_table: _, cte_map: __, ...clauses }: SqlNode): number {
  const sizes = new Map<string, number>()
  let total = 0
  for (const item of Array.isArray(select_list) ? select_list : []) {
    const size = expressionSize(item, sizes)
    total += size
    if (total > SELECT_MAX) return total
    if (isNode(item) && typeof item.alias === 'string' && item.alias !== '') {
      const name = item.alias.toLowerCase()
      sizes.set(name, Math.max(size, sizes.get(name) ?? 0))
    }
  }
  return total + expressionSize(clauses, sizes)
}

/** How deep subqueries within expressions stand in one another. */
function subqueriesDeep(root: unknown): number {
  const waiting: [unknown, number][] = [[root, 0]]
  let deepest = 0
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const [value, depth] = at
    if (typeof value !== 'object' || value === null) continue
    const below = isNode(value) && value.class === 'SUBQUERY' ? depth + 1 : depth
    deepest = Math.max(deepest, below)
    for (const child of Object.values(value)) waiting.push([child, below])
  }
  return deepest
}

/** Why the query is too large once it is written out; undefined where it is not. */
export function tooLarge(root: unknown, withs: readonly string[]): string | undefined {
  const all = [...nodesOf(root)]
  const names = all.flatMap(({ class: kind, alias, table_name }) =>
    typeof kind === 'string' ? [] : [alias, table_name],
  )
  const relations = new Set(
    [...names, ...withs]
      .filter((name) => typeof name === 'string')
      .map((name) => name.toLowerCase()),
  )
  let growth = 1
  for (const scope of all.filter(isScope)) {
    growth *= growthOf(scope, relations, new Set(withs))
    if (growth > GROWTH_MAX) return 'its stars and structs multiply from subquery to subquery'
    if (selectSize(scope) > SELECT_MAX) return 'its columns stand for each other too often'
  }
  if (count(all, isMaker) > MAKERS_MAX) return `it makes more than ${MAKERS_MAX} lists and structs`
  if (subqueriesDeep(root) > SUBQUERIES_DEEP_MAX) {
    return `its subqueries stand more than ${SUBQUERIES_DEEP_MAX} deep in one another`
  }
  return undefined
}
