/**
 * What a shop's own systems say: POST /v1/logs with one message, an array or NDJSON.
 *
 *   {"service":"payments","level":"error","message":"card
 * declined","timestamp":"2026-01-31T12:00:00Z"}
 *
 * A message without a log_id gets one from its content: sent twice it counts once, and two that are
 * alike in everything, their time included, are one.
 */
import { hash } from 'node:crypto'
import { DIMENSIONS } from '../../model/dimensions.ts'
import { fieldTable, readFields, type Target } from '../fields.ts'
import { invalid } from '../steps/step.ts'
import type { RowFormat } from './format.ts'
import { countedAnswer, splitOwn } from './native.ts'

const { stream, key } = DIMENSIONS.logs

export const LOG_ALIASES = {
  id: 'log_id',
  timestamp: 'updated_at',
  time: 'updated_at',
  severity: 'level',
  msg: 'message',
  logger: 'service',
} as const

const FIELDS = fieldTable(stream.declaration.columns, {
  aliases: LOG_ALIASES,
  consumed: ['writeKey'],
})

function keyOf(row: Target): string {
  const sent = row[key]
  return typeof sent === 'string' ? sent : hash('sha256', JSON.stringify(row), 'hex').slice(0, 32)
}

export const logs: RowFormat = Object.freeze<RowFormat>({
  name: 'logs',
  about: `logs: ${stream.declaration.about}`,
  kind: 'rows',
  dimension: 'logs',
  paths: ['/v1/logs'],
  split: ({ text }, values_max) => splitOwn(text, values_max),
  row(value) {
    const row: Target = {}
    const dropped = readFields(value, FIELDS, row)
    if (dropped) return dropped
    if (row.message === undefined) return invalid('missing_field', 'message is missing')
    row[key] = keyOf(row)
    if (typeof row.level === 'string') row.level = row.level.toLowerCase()
    return { key: String(row[key]), row }
  },
  answer: countedAnswer,
})
