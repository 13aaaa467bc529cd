/**
 * The SQL of `paths`. Each session's first nodes become columns n1, n2, ...; the most frequent of
 * each position are ranked; every node becomes a code: 0 for none, its rank, or one beyond the last
 * rank for all others. Links are then counted over small numbers, in one pass.
 */
import { type NodeCell, nodeCellOf } from './paths_nodes.ts'
import { peopleOf, type WalkAsked, walkOf, walkSql } from './paths_walk.ts'
import type { Statement } from './question.ts'

export interface GraphAsked extends WalkAsked {
  readonly top: number
  readonly position: number | undefined
  readonly node: string | undefined
  readonly next: string | undefined
}

const upTo = (depth: number) => Array.from({ length: depth }, (_, index) => index + 1)

/** Before an event positions count backwards: the last one is the event. */
function nodeColumns(asked: GraphAsked): string {
  const isBefore = walkOf(asked).direction === 'before'
  const at = (position: number) => (isBefore ? position - asked.depth - 1 : position)
  return upTo(asked.depth)
    .map((position) => `path[${at(position)}] AS n${position}`)
    .join(', ')
}

/** Ranks 1 to `top` of every position, ties by name. */
function rankedSql({ depth, top }: GraphAsked): string {
  const positions = upTo(depth)
  const names = positions.map((position) => `n${position}`)
  const which = positions.map((position) => `WHEN n${position} IS NOT NULL THEN ${position}`)
  return `counted AS (SELECT CASE ${which.join(' ')} END AS position,
      coalesce(${[...names, 'NULL'].join(', ')}) AS node, sum(sessions) AS sessions
    FROM walked GROUP BY GROUPING SETS (${names.map((name) => `(${name})`).join(', ')})),
  ranked AS MATERIALIZED (SELECT position, node, row_number() OVER most AS rank
    FROM counted WHERE node IS NOT NULL
    WINDOW most AS (PARTITION BY position ORDER BY sessions DESC, node) QUALIFY rank <= ${top}),
  tops AS MATERIALIZED (SELECT position, list(node ORDER BY rank) AS nodes
    FROM ranked GROUP BY position)`
}

function codedSql({ depth, top }: GraphAsked): string {
  const codes = upTo(depth).map((position) => {
    const nodes = `(SELECT nodes FROM tops WHERE position = ${position})`
    const rank = `list_position(${nodes}, n${position})`
    return `CASE WHEN n${position} IS NULL THEN 0
      ELSE coalesce(nullif(${rank}, 0), ${top + 1}) END AS k${position}`
  })
  return `coded AS (SELECT ${codes.join(',\n    ')}, sessions, truncated FROM walked)`
}

/** Codes are never null: nulls are what a grouping set leaves out. */
function linkedSql({ depth }: GraphAsked): string {
  const codes = upTo(depth).map((position) => `k${position}`)
  const pairs = codes.slice(1).map((code, index) => `(${codes[index]}, ${code})`)
  const which = upTo(depth).map((position) => `WHEN k${position} IS NOT NULL THEN ${position}`)
  const target = depth === 1 ? 'NULL' : `coalesce(${codes.toReversed().join(', ')})`
  return `linked AS (SELECT CASE ${which.join(' ')} END AS position,
      coalesce(${[...codes, 'NULL'].join(', ')}) AS source, ${target} AS target,
      sum(sessions) AS sessions, sum(truncated) AS truncated
    FROM coded GROUP BY GROUPING SETS (${depth === 1 ? '(k1)' : pairs.join(', ')}))`
}

/**
 * A row per link: position, source and target (codes), their nodes, sessions, truncated. Position 0
 * counts the sessions that were looked at, where not all of them have a way.
 */
export function graphSql(asked: GraphAsked): Statement {
  const isWhole = walkOf(asked).direction === 'whole'
  const { sql, params } = walkSql(asked)
  // Few different paths are counted before anything is made of them; many would fill the memory.
  const counts =
    asked.by === 'event_type'
      ? ['count(*) AS sessions, count(*) FILTER (steps_truncated) AS truncated', 'GROUP BY ALL']
      : ['1 AS sessions, CAST(steps_truncated AS INTEGER) AS truncated', '']
  return {
    sql: `WITH ${sql},
  walked AS MATERIALIZED (SELECT ${nodeColumns(asked)}, ${counts[0]}
    FROM paths ${counts[1]}),
  ${rankedSql(asked)},
  ${codedSql(asked)},
  ${linkedSql(asked)}
  SELECT linked.*, first.node AS source_node, second.node AS target_node FROM linked
    LEFT JOIN ranked AS first ON first.position = linked.position AND first.rank = source
    LEFT JOIN ranked AS second
      ON second.position = linked.position + 1 AND second.rank = target
  ${isWhole ? '' : 'UNION ALL SELECT 0, NULL, NULL, count(*), NULL, NULL, NULL FROM chosen'}`,
    params,
  }
}

function cellCondition(position: number, cell: NodeCell): Statement {
  const column = `n${position}`
  switch (cell.kind) {
    case 'step':
      return { sql: `${column} = ?`, params: [cell.node] }
    case 'other': {
      const ranked = `(SELECT node FROM ranked WHERE position = ${position})`
      return { sql: `${column} IS NOT NULL AND ${column} NOT IN ${ranked}`, params: [] }
    }
    default:
      return { sql: `${column} IS NULL`, params: [] }
  }
}

/** Everybody in the answer, at one of its nodes, or on one of its links. Throws BAD_REQUEST. */
export function graphPeopleSql(asked: GraphAsked): Statement {
  const { position = 1, node, next, depth } = asked
  const { sql, params } = walkSql(asked)
  const cells = [
    ...(node === undefined ? [] : [cellCondition(position, nodeCellOf(asked, position, node))]),
    ...(next === undefined
      ? []
      : [cellCondition(position + 1, nodeCellOf({ depth }, position + 1, next))]),
  ]
  const conditions = ['true', ...cells.map((cell) => cell.sql)].join(' AND ')
  const rows = `SELECT visitor_id, user_id, window_start FROM walked WHERE ${conditions}`
  return {
    sql: `WITH ${sql},
  walked AS MATERIALIZED (SELECT visitor_id, user_id, window_start, ${nodeColumns(asked)},
    1 AS sessions FROM paths),
  ${rankedSql(asked)}
  ${peopleOf(rows)}`,
    params: [...params, ...cells.flatMap((cell) => cell.params)],
  }
}
