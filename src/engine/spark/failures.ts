/** What Spark's errors mean to us: away, unfit for this, or a batch that could not be computed. */
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { shownAddress } from '../place.ts'
import { SparkError } from './connect/errors.ts'

/** Spark's classes for values that an expression cannot take, or whose result fits no type. */
const DATA_CLASSES = [
  'NUMERIC_VALUE_OUT_OF_RANGE',
  'ARITHMETIC_OVERFLOW',
  'CAST_INVALID_INPUT',
  'CAST_OVERFLOW',
  'DIVIDE_BY_ZERO',
  'DATETIME_OVERFLOW',
  'DATETIME_FIELD_OUT_OF_BOUNDS',
  'CANNOT_PARSE_TIMESTAMP',
]

/** The class by which a record, and no part of the cluster, has failed a batch; else null. */
export function dataClass(thrown: unknown): string | null {
  if (!(thrown instanceof SparkError) || thrown.kind !== 'failed') return null
  const told = [thrown.errorClass ?? '', thrown.message, ...thrown.causes].join('\n')
  return DATA_CLASSES.find((name) => told.includes(name)) ?? null
}

const firstLine = (text: string) => (text.split('\n', 1)[0] ?? '').replace(/\.$/, '')

export function sparkFailure(address: string, thrown: unknown): unknown {
  if (!(thrown instanceof SparkError)) return thrown
  const at = shownAddress(address)
  const told = firstLine(thrown.message)
  switch (thrown.kind) {
    case 'unreachable':
    case 'session_lost':
    case 'operation_lost':
    case 'interrupted':
      // Its own sentence says the same around it as ours.
      return new ClickpathError(
        'SPARK_AWAY',
        at,
        /tried \d+ times: (.*)\. Check that/.exec(told)?.[1] ?? told,
      )
    case 'argument':
    case 'credentials':
    case 'protocol':
      return new ClickpathError('SPARK_UNFIT', at, told)
    default: {
      const all = [messageOf(thrown), ...thrown.causes].join('\n')
      if (
        /Failed to find( the)? data source: kafka|kafka.*AvailableNow|KafkaSourceProvider/i.test(
          all,
        )
      ) {
        const cure = 'start its server with the package org.apache.spark:spark-sql-kafka-0-10'
        return new ClickpathError('SPARK_UNFIT', at, `it cannot read Kafka; ${cure}`)
      }
      // The last cause says most, as of a task that failed for want of something.
      const cause = firstLine(thrown.causes.at(-1) ?? '')
      const more = cause === '' || told.includes(cause) ? '' : ` (${cause})`
      return new ClickpathError('SPARK_FAILED', at, `${told}${more}`)
    }
  }
}
