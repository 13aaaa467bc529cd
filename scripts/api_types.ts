/**
 * The types of the API for the page, made from its OpenAPI document: what each route takes and
 * answers, by method and path. Knows of JSON Schema what our routes say with it, and no more.
 */
import { questionsOf } from '../src/present/questions/registry.ts'
import { openApiOf } from '../src/serve/openapi.ts'
import type { Schema } from '../src/serve/route.ts'
import { routesOf } from '../src/serve/routes/registry.ts'

interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly schema: Schema
}

interface Operation {
  readonly summary: string
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: { readonly 200: { readonly content: Content } }
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>
type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>

const HEAD = `// Made from the routes by \`npm run docs\`; change them there.

/** One row of a table: the entry under /api/tables says what its columns are. */
export type Row = Readonly<Record<string, unknown>>

/** Every route by method and path: what it takes and what it answers. */
export interface Routes {
`

export function apiTypes(): string {
  const { paths } = openApiOf(routesOf(questionsOf()), '') as { readonly paths: Paths }
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => entryOf(method, path, operation)),
  )
  return `${HEAD}${entries.join('')}}\n`
}

function entryOf(method: string, path: string, operation: Operation): string {
  const { parameters, requestBody, responses, summary } = operation
  const named = parameters.filter(({ name }) => name !== 'filters')
  const members = named.map(({ name, in: where, schema }) => {
    const type = typeOf(schema, '    ')
    return where === 'path' ? `${keyOf(name)}: ${type}` : `${keyOf(name)}?: ${type} | undefined`
  })
  const others = named.length < parameters.length ? [FILTERS] : []
  const body = requestBody?.content['application/json']?.schema
  const answer = responses[200].content['application/json']?.schema
  return [
    `  /** ${summary} */\n  '${method.toUpperCase()} ${path}': {\n`,
    `    readonly asked: ${block([...members, ...others], '    ')}\n`,
    body ? `    readonly body: ${typeOf(body, '    ')}\n` : '',
    `    readonly answer: ${answer ? typeOf(answer, '    ') : 'string'}\n  }\n`,
  ].join('')
}

/** What is asked may also name columns of the table. */
const FILTERS = '[column: string]: string | number | boolean | readonly string[] | undefined'

const keyOf = (name: string): string => (/^\w+$/.test(name) ? name : `'${name}'`)

function block(members: readonly string[], indent: string): string {
  if (members.length === 0) return '{}'
  const lines = members.map((member) => `${indent}  readonly ${member}\n`)
  return `{\n${lines.join('')}${indent}}`
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
}

function typeOf(schema: Schema, indent: string): string {
  const { type, enum: values, anyOf, properties, items, additionalProperties } = schema
  if (Array.isArray(anyOf)) return anyOf.map((one) => typeOf(one as Schema, indent)).join(' | ')
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (Array.isArray(type)) {
    return type.map((one) => typeOf({ ...schema, type: one }, indent)).join(' | ')
  }
  if (type === 'array') return `readonly (${items ? typeOf(items as Schema, indent) : 'unknown'})[]`
  if (type !== 'object') return WORDS[String(type)] ?? 'unknown'
  if (properties) return objectType(schema, indent)
  if (typeof additionalProperties !== 'object') return 'Row'
  return `Readonly<Record<string, ${typeOf(additionalProperties as Schema, indent)}>>`
}

/** What is not told to be required is there all the same where nothing is told of it. */
function objectType({ properties, required }: Schema, indent: string): string {
  const needed = required as readonly string[] | undefined
  const members = Object.entries(properties as Readonly<Record<string, Schema>>).map(
    ([name, schema]) => {
      const about = typeof schema.description === 'string' ? schema.description : ''
      const note = about ? `/** ${about.replaceAll('*/', '')} */\n${indent}  readonly ` : ''
      const optional = needed && !needed.includes(name) ? '?' : ''
      return `${note}${keyOf(name)}${optional}: ${typeOf(schema, `${indent}  `)}`
    },
  )
  // The note stands in front of its member.
  return block(members, indent).replaceAll('readonly /**', '/**')
}
