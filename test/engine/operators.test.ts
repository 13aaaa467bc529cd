import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { RENDERED_OPERATORS, renderExpression } from '../../src/engine/duckdb/render_expression.ts'
import {
  call,
  type Equation,
  type Literal,
  literal,
  type Operator,
  type ValueType,
} from '../../src/model/expression.ts'

const FOLDER = new URL('../../src/model/expressions/', import.meta.url)

async function operators(): Promise<readonly Operator[]> {
  const files = readdirSync(FOLDER)
  const modules = await Promise.all(files.map((file) => import(new URL(file, FOLDER).href)))
  return modules.map((exports: Record<string, unknown>) => {
    const found = Object.entries(exports).find(([name]) => name.endsWith('Operator'))
    return found?.[1] as Operator
  })
}

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

test('has a rendering for every operator of the model, and for no other', async () => {
  const declared = (await operators()).map(({ name }) => name)
  assert.deepEqual([...RENDERED_OPERATORS].sort(), declared.sort())
})

test('DuckDB keeps every equation of every operator', async (t) => {
  const connection = await (await DuckDBInstance.create()).connect()
  for (const operator of await operators()) {
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
