/** The API in types: what a route takes and answers, and the address that asks it. */
import type { Routes } from './generated/routes.ts'

export type { Row } from './generated/routes.ts'

type PathOf<Method extends string> = keyof Routes extends infer Key
  ? Key extends `${Method} ${infer Path}`
    ? Path
    : never
  : never

/** Every path that answers GET. */
export type GetPath = PathOf<'GET'>
export type PostPath = PathOf<'POST'>

export type Asked<Path extends GetPath> = Routes[`GET ${Path}`]['asked']
export type Answer<Path extends GetPath> = Routes[`GET ${Path}`]['answer']
export type PostAnswer<Path extends PostPath> = Routes[`POST ${Path}`]['answer']
export type Body<Path extends PostPath> = Routes[`POST ${Path}`] extends {
  readonly body: infer Given
}
  ? Given
  : undefined

/** The path with its places filled, and the rest as the query; undefined members are left out. */
export function urlOf(path: string, asked: object): string {
  const query = new URLSearchParams()
  let filled = path
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined) continue
    if (filled.includes(`{${name}}`)) {
      filled = filled.replace(`{${name}}`, encodeURIComponent(String(value)))
      continue
    }
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  return query.size === 0 ? filled : `${filled}?${query}`
}
