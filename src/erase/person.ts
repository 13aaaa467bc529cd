/**
 * Who is meant, by every identifier of theirs, and what the tables hold of them.
 *
 * A person is all visitors linked to them, and all visitors whose events name one of their user ids
 * and nobody else's. A device that others have used too is not theirs: of its events only those go
 * that name them.
 */
import type { Row } from '../engine/contract.ts'
import { quoteText } from '../std/duckdb.ts'

export interface Person {
  /** User ids, visitors, and an address that nobody else has; the one that was asked for first. */
  readonly identifiers: readonly string[]
  /** Visitors that others have used as well; erase them by name if they are theirs alone. */
  readonly shared: readonly string[]
}

export interface Holdings {
  readonly visitors: number
  readonly events: number
  readonly orders: number
}

/** Asks the store. */
export type Ask = (sql: string, params?: readonly unknown[]) => Promise<readonly Row[]>

const list = (ids: readonly string[]) => `(${ids.map(quoteText).join(', ')})`

/** Asked of the presented tables, which must be level with the log. */
export async function findPerson(ask: Ask, given: string): Promise<Person> {
  const id = quoteText(given)
  const rows = await ask(`WITH person AS MATERIALIZED (
      SELECT coalesce((SELECT person_id FROM persons WHERE visitor_id = ${id}), ${id}) AS person_id
    ), own AS MATERIALIZED (
      SELECT ${id} AS id UNION SELECT person_id FROM person
      UNION SELECT visitor_id FROM persons JOIN person USING (person_id)
    ), named AS MATERIALIZED (
      SELECT DISTINCT visitor_id AS id FROM events
      WHERE user_id IN (SELECT id FROM own) AND visitor_id NOT IN (
        SELECT visitor_id FROM persons WHERE person_id NOT IN (SELECT id FROM own))
    ), shared AS MATERIALIZED (
      SELECT DISTINCT visitor_id AS id FROM events
      WHERE visitor_id IN (SELECT id FROM own UNION SELECT id FROM named) AND visitor_id <> ${id}
        AND visitor_id NOT IN (SELECT person_id FROM person)
        AND user_id NOT IN (SELECT id FROM own)
    )
    SELECT id, id IN (SELECT id FROM shared) AS is_shared
    FROM (SELECT id FROM own UNION SELECT id FROM named) ORDER BY id <> ${id}, id`)
  const of = (shared: boolean) =>
    rows.filter(({ is_shared }) => is_shared === shared).map(({ id: each }) => String(each))
  const identifiers = of(false)
  const addresses = await ask(`SELECT DISTINCT email FROM customers
    WHERE user_id IN ${list(identifiers)} AND email IS NOT NULL AND email NOT IN (
      SELECT email FROM customers WHERE user_id NOT IN ${list(identifiers)} AND email IS NOT NULL)
    ORDER BY email`)
  const all = [...identifiers, ...addresses.map(({ email }) => String(email))]
  return { identifiers: [...new Set(all)], shared: of(true) }
}

/** What would leave the tables. */
export async function holdingsOf(ask: Ask, identifiers: readonly string[]): Promise<Holdings> {
  const ids = list(identifiers)
  const theirs = `WHERE visitor_id IN ${ids} OR user_id IN ${ids}`
  const [row = {}] = await ask(`SELECT
    (SELECT count(DISTINCT visitor_id) FROM events ${theirs}) AS visitors,
    (SELECT count(*) FROM events ${theirs}) AS events,
    (SELECT count(*) FROM orders ${theirs}) AS orders`)
  const { visitors, events, orders } = row
  return { visitors: Number(visitors), events: Number(events), orders: Number(orders) }
}
