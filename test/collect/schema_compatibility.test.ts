/** Versions of the schemas: what a newer one may change, and that ours keep to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type BreakingChange,
  type Comparison,
  compareSchemas,
} from '../../src/collect/schema_compatibility.ts'
import { compareVersions, readSchemaFiles } from '../../src/collect/schema_versions.ts'
import {
  CURRENT_SCHEMAS,
  SCHEMA_VERSION,
  type Schema,
  type SchemaSet,
  schemasByType,
} from '../../src/collect/schemas.ts'
import { runCollector } from './running_collector.ts'

const OLDER: Schema = {
  type: 'object',
  properties: {
    name: { type: ['string', 'null'], maxLength: 100, description: 'the name' },
    price: { type: 'number', exclusiveMaximum: 10, minimum: 0, pattern: '^a' },
    kind: { enum: ['a', 'b'] },
    lines: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } },
  },
  required: ['name'],
  anyOf: [{ required: ['price'] }, { required: ['kind'] }],
}

/** Compares with a copy of the older one that has one property (or word) changed. */
function changed(changes: Readonly<Record<string, unknown>>, own: Schema = {}): Comparison {
  const properties = { ...(OLDER.properties as object), ...changes }
  return compareSchemas(OLDER, { ...OLDER, properties, ...own })
}

const told = ({ changes }: Comparison) => changes.map(({ kind, path }) => [kind, path])

test('lets a newer schema take more', () => {
  const wider = [
    changed({}),
    changed({ colour: { type: 'string' } }),
    changed({ name: { type: ['string', 'null', 'integer'], maxLength: 200 } }),
    changed({ name: { description: 'another word for it' } }),
    changed({ kind: { enum: ['c', 'b', 'a'] } }),
    changed({ price: { type: 'number', exclusiveMaximum: 11 } }),
    changed({}, { required: [] }),
    changed({}, { anyOf: [{ required: ['kind'] }, { required: ['price'] }, { required: ['x'] }] }),
    compareSchemas({ const: 'a' }, { enum: ['a', 'b'] }),
    compareSchemas({ type: 'integer' }, { type: 'number' }),
  ]
  for (const comparison of wider)
    assert.deepEqual(comparison, { verdict: 'compatible', changes: [] })
})

test('tells of everything that a newer schema no longer takes', () => {
  const lines = (id: Schema) => ({
    lines: { type: 'array', items: { type: 'object', properties: { id } } },
  })
  const { name: _, ...renamed } = OLDER.properties as Record<string, unknown>
  const cases: readonly (readonly [Comparison, BreakingChange['kind'], string])[] = [
    [changed({ name: { type: 'string', maxLength: 100 } }), 'narrower', 'name'],
    [changed({ name: { type: ['string', 'null'], maxLength: 99 } }), 'narrower', 'name'],
    [changed({ price: { type: 'integer', exclusiveMaximum: 10 } }), 'narrower', 'price'],
    [changed({ price: { type: 'number', exclusiveMaximum: 9 } }), 'narrower', 'price'],
    [changed({ price: { type: 'number', exclusiveMaximum: 10, minimum: 1 } }), 'narrower', 'price'],
    [changed({ price: { pattern: '^b' } }), 'narrower', 'price'],
    [changed({ price: { format: 'x' } }), 'narrower', 'price'],
    [changed({ kind: { enum: ['a'] } }), 'narrower', 'kind'],
    [changed({ kind: { const: 'a' } }), 'narrower', 'kind'],
    [changed(lines({ type: 'string' })), 'narrower', 'lines[].id'],
    [compareSchemas(OLDER, { ...OLDER, properties: renamed }), 'removed', 'name'],
    [changed({}, { required: ['name', 'price'] }), 'required', 'price'],
    [changed({}, { anyOf: [{ required: ['price'] }] }), 'narrower', ''],
    [changed({}, { additionalProperties: false }), 'narrower', ''],
  ]
  for (const [comparison, kind, path] of cases) {
    assert.equal(comparison.verdict, 'breaking')
    assert.deepEqual(told(comparison), [[kind, path]])
  }
})

const breaksBetween = (older: SchemaSet, newer: SchemaSet): readonly string[] =>
  [...schemasByType(older)].flatMap(([type, schema]) => {
    const now = schemasByType(newer).get(type)
    if (!now) return [`${type}: the schema is gone`]
    return compareSchemas(schema, now).changes.map(({ sentence }) => `${type}: ${sentence}`)
  })

const modelOf = (version: string) => Number(version.split('-')[0])

test('no version breaks what was sent by an older one, unless its first digit says so', () => {
  const sets = [...readSchemaFiles(), CURRENT_SCHEMAS]
  assert.equal(sets[0]?.version, '1-0-0')
  for (const [index, newer] of sets.entries()) {
    const older = sets[index - 1]
    if (!older || modelOf(newer.version) > modelOf(older.version)) continue
    const broken = breaksBetween(older, newer)
    assert.deepEqual(broken, [], `${older.version} to ${newer.version}:\n${broken.join('\n')}`)
  }
})

test('a version that was given out stays as it is: a change asks for a new one', () => {
  const newest = readSchemaFiles().at(-1)
  assert.ok(newest && compareVersions(newest.version, SCHEMA_VERSION) <= 0)
  if (newest.version === SCHEMA_VERSION) assert.deepEqual(newest, CURRENT_SCHEMAS)
})

test('orders versions by their numbers', () => {
  const versions = ['1-0-10', '1-0-9', '2-0-0', '1-1-0', '1-0-0']
  const sorted = ['1-0-0', '1-0-9', '1-0-10', '1-1-0', '2-0-0']
  assert.deepEqual(versions.toSorted(compareVersions), sorted)
})

test('answers whether the senders of an older version may go on', async (context) => {
  const { get } = await runCollector(context)
  const { json } = await get('/schemas/view/1-0-0/compatibility')
  const { verdict, changes, ...asked } = json
  assert.deepEqual(asked, { type: 'view', older: '1-0-0', newer: SCHEMA_VERSION })
  assert.deepEqual([verdict, changes], ['compatible', []])
  const path = `/schemas/view/${SCHEMA_VERSION}/compatibility?with=1-0-0`
  assert.deepEqual((await get(path)).json, json)
  for (const unknown of [
    'view/9-9-9/compatibility',
    'view/1-0-0/nothing',
    'x/1-0-0/compatibility',
  ]) {
    assert.equal((await get(`/schemas/${unknown}`)).json.code, 'UNKNOWN_SCHEMA')
  }
})
