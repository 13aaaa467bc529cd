/**
 * The common case of joining: one stored session, and one part that came after all of it. The part
 * is put at its end, column by column, which is several times cheaper than ordering the steps of
 * both anew; see render_sessions.ts for the others.
 */
import { STEPS_MAX } from '../../model/measures/steps.ts'
import { type Group, type PlannedState, stepsOf } from '../../plan/plan.ts'
import { quoteName } from '../../std/duckdb.ts'
import { lastColumn, partitionBy } from './render_sessions.ts'
import { keyNames, sameIn, scalarsOf, stateTable } from './render_states.ts'
import { withinStretches } from './stretches.ts'

/** The names of the temporary tables in which a group's sessions are found. */
export function foundTables(group: Group) {
  const named = (name: string) => quoteName(`${name} ${group.id}`)
  return {
    arrived: named('arrived'),
    touched: named('touched'),
    pairs: named('pairs'),
    moving: named('moving'),
    moved: named('moved'),
    arrivals: named('arrivals'),
    known: named('known'),
  }
}

/** The names under which is kept where stored sessions lie; see stretches.ts. */
export const foundStretches = (group: Group) => ({
  extending: `extending ${group.id}`,
  moving: `moving ${group.id}`,
})

/**
 * The rows (`stored_row`, `part_row`) of sessions and parts that are nobody else's and follow one
 * another. Steps at the same time are left to those that order steps.
 */
export function pairs(group: Group): string {
  const last = lastColumn(group)
  const keys = keyNames(group)
  const { arrived, touched } = foundTables(group)
  const on = sameIn(keys, 'stored', 'part')
  const alone = `count(*) OVER (${partitionBy(keys.map((key) => `part.${key}`))})`
  return `SELECT * EXCLUDE (met, follows) FROM (
      SELECT stored.touched AS stored_row, part.rowid AS part_row, ${alone} AS met,
        part.bucket > stored.${last} AS follows
      FROM ${touched} AS stored JOIN ${arrived} AS part ON ${on})
    WHERE met = 1 AND follows`
}

/** A state of both: `part` is later than `stored` in whole. */
function extended({ column, state }: PlannedState): string {
  const [stored, part] = [`stored.${column}`, `part.${column}`]
  switch (state.primitive) {
    case 'count':
    case 'sum':
      return `coalesce(${stored} + ${part}, ${stored}, ${part}) AS ${column}`
    case 'min':
      return `least(${stored}, ${part}) AS ${column}`
    case 'max':
      return `greatest(${stored}, ${part}) AS ${column}`
    case 'first':
      return `coalesce(${stored}, ${part}) AS ${column}`
    case 'last':
      return `coalesce(${part}, ${stored}) AS ${column}`
    default:
      throw new Error(`${state.primitive} is no scalar state.`)
  }
}

/** The sessions of `pairs`, each with its part. */
export function extendedSessions(group: Group): string {
  const { arrived, pairs } = foundTables(group)
  const nearby = withinStretches(foundStretches(group).extending)
  const steps = stepsOf(group).map(({ column }) => {
    return `(stored.${column} || part.${column})[:${STEPS_MAX}] AS ${column}`
  })
  const columns = [
    'stored.bucket',
    ...keyNames(group).map((key) => `stored.${key}`),
    'part.batch',
    ...scalarsOf(group).map(extended),
    ...steps,
    'stored.formers',
  ]
  return `SELECT ${columns.join(', ')}
    FROM (SELECT rowid AS stored_row, * FROM ${stateTable(group, 'main')}
      WHERE ${nearby} AND rowid IN (SELECT stored_row FROM ${pairs})) AS stored
    JOIN ${pairs} AS pair USING (stored_row) JOIN ${arrived} AS part ON part.rowid = pair.part_row`
}
