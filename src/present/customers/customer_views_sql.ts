/**
 * Customers by their traits. A known customer is the user that an event names, an id of theirs that
 * was changed followed to its end; else the person that its visitor is linked to.
 */
import { SILVER_EVENTS } from '../../engine/duckdb/silver.ts'
import { localTime } from '../../std/local_time.ts'
import type { Settings } from '../../std/settings.ts'
import { REACHED } from './moment.ts'

/** `linked` is kept: the links are followed once, not once per use. */
const LINKED = 'linked AS MATERIALIZED (SELECT visitor_id, person_id FROM persons)'

const knownIn = (relation: string) => `SELECT * FROM (
    SELECT told.*, coalesce(renamed.person_id, told.user_id, own.person_id) AS customer_id
    FROM ${relation} AS told LEFT JOIN linked AS own ON own.visitor_id = told.visitor_id
      LEFT JOIN linked AS renamed ON renamed.visitor_id = told.user_id)
  WHERE customer_id IS NOT NULL`

/** Whoever has a profile or is named by an event; who told of no login has none. */
export function activeCustomersSql(settings: Settings): string {
  const day = (time: string) => `date_trunc('day', ${localTime(time, settings)})`
  return `WITH ${LINKED}, known AS (${knownIn('events')}), logins AS (
      SELECT user_id, TRY_CAST(properties->>'last_login' AS TIMESTAMP) AS login FROM customers
      UNION ALL
      SELECT customer_id, max(event_time) FILTER (event_type IN ('login', 'signup'))
        FROM known GROUP BY customer_id
    ), last_logins AS (SELECT user_id, max(login) AS last_login FROM logins GROUP BY user_id)
    SELECT CAST(${day('last_login')} AS TIMESTAMP) AS last_login_day,
      date_diff('day', ${day('last_login')}, ${day(REACHED.sql)}) AS days_ago, gender,
      count(*) AS customers
    FROM last_logins LEFT JOIN customers USING (user_id) GROUP BY ALL`
}

/** An event without product lines is in the category that it names itself. */
const TOUCHES = `SELECT customer_id, event_type, rating, category, "value" FROM known
    WHERE items IS NULL
  UNION ALL
  SELECT customer_id, event_type, rating, line.category,
    line.price * coalesce(line.quantity, 1)
  FROM (SELECT customer_id, event_type, rating, unnest(items) AS line FROM known
    WHERE items IS NOT NULL)`

export const CUSTOMER_ENGAGEMENT = `WITH ${LINKED}, known AS (${knownIn(SILVER_EVENTS)}),
  touches AS (${TOUCHES}),
  per_customer AS (
    SELECT customer_id, category, count(*) AS interactions,
      count(*) FILTER (event_type = 'view') AS views,
      count(*) FILTER (event_type = 'cart') AS carts,
      count(*) FILTER (event_type = 'wishlist') AS wishlists,
      count(*) FILTER (event_type = 'purchase') AS purchases,
      sum("value") FILTER (event_type = 'purchase') AS purchase_value,
      count(*) FILTER (event_type = 'review') AS reviews, count(rating) AS ratings,
      sum(rating) AS rated
    FROM touches WHERE category IS NOT NULL GROUP BY ALL)
  SELECT gender, category, count(*) AS customers, count(*) FILTER (purchases > 0) AS buyers,
    sum(interactions)::BIGINT AS interactions, sum(views)::BIGINT AS views,
    sum(carts)::BIGINT AS carts, sum(wishlists)::BIGINT AS wishlists,
    sum(purchases)::BIGINT AS purchases, sum(purchase_value) AS purchase_value,
    sum(reviews)::BIGINT AS reviews, sum(ratings)::BIGINT AS ratings,
    CAST(sum(rated) AS DOUBLE) / nullif(sum(ratings), 0) AS rating_avg,
    sum(interactions) / count(*) AS interactions_per_customer
  FROM per_customer LEFT JOIN customers ON customers.user_id = customer_id
  GROUP BY gender, category`
