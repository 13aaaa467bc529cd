/** The OpenAPI document: the table of routes in other words. */
import type { Route, Schema } from './route.ts'

const ERROR = {
  type: 'object',
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    position: { type: 'integer', description: 'of SQL: the character that is wrong, from 0' },
  },
  required: ['code', 'message'],
}

const pathOf = (path: string): string => path.replace(/:(\w+)/g, '{$1}')

function parametersOf({ params = {}, query = {}, otherQuery }: Route): readonly Schema[] {
  const named = (where: string, schemas: Readonly<Record<string, Schema>>) =>
    Object.entries(schemas).map(([name, { description, ...schema }]) => ({
      name,
      in: where,
      required: where === 'path',
      ...(description ? { description } : {}),
      schema,
    }))
  const others = otherQuery
    ? [
        {
          name: 'filters',
          in: 'query',
          style: 'form',
          explode: true,
          description: otherQuery.description,
          schema: { type: 'object', additionalProperties: { type: 'string' } },
        },
      ]
    : []
  return [...named('path', params), ...named('query', query), ...others]
}

function operationOf(route: Route): Schema {
  const { summary, access, body, answer } = route
  const isJson = typeof answer !== 'string'
  const content = isJson ? { 'application/json': { schema: answer } } : { [answer]: {} }
  return {
    summary,
    operationId: `${route.method} ${route.path}`.toLowerCase().replace(/[^a-z]+/g, '_'),
    parameters: parametersOf(route),
    ...(body ? { requestBody: { content: { 'application/json': { schema: body } } } } : {}),
    responses: {
      200: { description: 'OK', content },
      default: { description: 'refused', content: { 'application/json': { schema: ERROR } } },
    },
    ...(access === 'open' ? {} : { security: [{}, { token: [] }] }),
  }
}

export function openApiOf(routes: readonly Route[], version: string): Schema {
  const paths: Record<string, Record<string, Schema>> = {}
  for (const route of routes) {
    const path = pathOf(route.path)
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clickpath',
      version,
      description:
        'What shoppers do, as answers. A token is asked for only where the server is reachable from other machines.',
    },
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}
