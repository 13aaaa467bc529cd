import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { renderExpression } from '../../src/engine/duckdb/render_expression.ts'
import {
  call,
  type Equation,
  type Literal,
  literal,
  type ValueType,
} from '../../src/model/expression.ts'
import { OPERATORS } from '../../src/model/operators.ts'

function typeOf(value: Literal['value']): ValueType {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'double'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}

/** What the call gives is compared as text, with the type that the arguments make likely. */
function resultType(operator: string, { args, types, gives }: Equation): ValueType {
  if (typeof gives === 'boolean') return 'boolean'
  if (operator === 'divide') return 'double'
  if (operator === 'product') return 'wide'
  if (['units', 'hourOf', 'weekdayOf', 'binOf'].includes(operator)) return 'integer'
  const at = operator === 'caseWhen' ? args.length - 1 : 0
  return types?.[at] ?? typeOf(args[at] ?? null)
}

test('every file of expressions/ is in the registry', () => {
  const files = readdirSync(new URL('../../src/model/expressions/', import.meta.url))
  assert.equal(files.length, Object.keys(OPERATORS).length)
})

test('DuckDB keeps every equation of every operator', async (t) => {
  const connection = await (await DuckDBInstance.create()).connect()
  for (const operator of Object.values(OPERATORS)) {
    assert.ok(operator.equations.length >= 3, `${operator.name} states too few equations`)
    for (const equation of operator.equations) {
      const args = equation.args.map((value, at) => {
        return literal(equation.types?.[at] ?? typeOf(value), value)
      })
      const expression = call(operator, resultType(operator.name, equation), args)
      await t.test(`${operator.name}(${equation.args.join(', ')})`, async () => {
        const sql = `SELECT CAST(${renderExpression(expression)} AS VARCHAR)`
        const [[given] = []] = (await connection.runAndReadAll(sql)).getRowsJson()
        assert.equal(given ?? null, equation.gives === null ? null : String(equation.gives))
      })
    }
  }
})
