/**
 * What calls say of people: traits are a customer's row, two ids of one person are a link from the
 * visitor to that person. A link is a row of its own, so that taking it back changes no event.
 */
import { customers } from '../../model/dimensions.ts'
import { events } from '../../model/events.ts'
import { columnReader, shown } from '../columns.ts'
import { fieldTable, putProperty, readFields, type Target } from '../fields.ts'
import { Dropped, invalid } from '../steps/step.ts'
import type { Entry } from './format.ts'
import { linkOf } from './identity.ts'

type Sent = Readonly<Record<string, unknown>>

const { customer_name, email, gender, age, country, customer_segment, registered_at } =
  customers.declaration.columns
const TRAIT_COLUMNS = {
  customer_name,
  email,
  gender,
  age,
  country,
  customer_segment,
  registered_at,
}

/** A trait that cannot be read as its column stays a property: no mistake hides a customer. */
const TRAIT_FIELDS = fieldTable(TRAIT_COLUMNS, {
  aliases: {
    name: 'customer_name',
    createdAt: 'registered_at',
    created_at: 'registered_at',
    segment: 'customer_segment',
  },
  consumed: ['address', 'firstName', 'lastName'],
  strict: [],
})

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function timeOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** First and last name where no whole one was told; the parts stay. */
function putName(row: Target, { firstName, lastName }: Sent): void {
  if (firstName !== undefined) putProperty(row, 'firstName', firstName)
  if (lastName !== undefined) putProperty(row, 'lastName', lastName)
  const name = [textOf(firstName), textOf(lastName)].filter((part) => part).join(' ')
  if (name !== '' && row.customer_name === undefined) {
    readFields({ name }, TRAIT_FIELDS, row)
  }
}

/** The country of an address is a column; the address stays. */
function putAddress(row: Target, { address }: Sent): void {
  if (address === undefined) return
  putProperty(row, 'address', address)
  const { country } = (address ?? {}) as { readonly country?: unknown }
  if (row.country === undefined && textOf(country)) readFields({ country }, TRAIT_FIELDS, row)
}

/** Many programs write when somebody registered in seconds or milliseconds since 1970. */
function withTimes(traits: Sent): Sent {
  const { createdAt } = traits
  if (typeof createdAt !== 'number' || !(createdAt > 0 && createdAt < 1e13)) return traits
  const ms = createdAt < 1e11 ? createdAt * 1_000 : createdAt
  return { ...traits, createdAt: new Date(ms).toISOString() }
}

/** The row of a customer; none where nothing is told of them. */
export function readCustomer(
  user_id: string,
  traits: Sent,
  client_time: unknown,
): readonly Entry[] {
  const row: Target = { user_id }
  readFields(withTimes(traits), TRAIT_FIELDS, row)
  putName(row, traits)
  putAddress(row, traits)
  if (Object.keys(row).length === 1) return []
  return [{ kind: 'customers', key: user_id, row, client_time: timeOf(client_time) }]
}

const readVisitor = columnReader('anonymous_id', events.declaration.columns.anonymous_id)

function idOf(value: unknown, name: string): string | Dropped {
  if (value === undefined || value === null || value === '') {
    return invalid('missing_field', `${name} is missing`)
  }
  const id = readVisitor?.(value)
  if (typeof id === 'string') return id
  return invalid('wrong_type', `${name} is ${shown(value)}; it must be a text of 256 at most`)
}

function linkTold(
  visitor: string | Dropped,
  person: string | Dropped,
  client_time: unknown,
): readonly Entry[] | Dropped {
  if (visitor instanceof Dropped) return visitor
  if (person instanceof Dropped) return person
  return linkOf(visitor, person, client_time)
}

/** `{"userId":"u1","previousId":"a1"}`: who was a1 is u1. */
export function readAlias(call: Sent, client_time: unknown): readonly Entry[] | Dropped {
  const { previousId, userId } = call
  return linkTold(idOf(previousId, 'previousId'), idOf(userId, 'userId'), client_time)
}

const VISITOR_TYPES: readonly unknown[] = ['anonymous_id', 'anonymousId']
const PERSON_TYPES: readonly unknown[] = ['user_id', 'userId']

/**
 * `{"mergeProperties":[{"type":"anonymous_id","value":"a1"},{"type":"user_id","value":"u1"}]}`. By
 * other pairs of ids (an address, a telephone number) nobody is merged.
 */
export function readMerge(call: Sent, client_time: unknown): readonly Entry[] | Dropped {
  const { mergeProperties } = call
  if (!Array.isArray(mergeProperties)) {
    return invalid('wrong_type', 'mergeProperties must be an array of {type, value}')
  }
  const find = (types: readonly unknown[]): unknown => {
    const found = mergeProperties.find((sent: unknown) => {
      return typeof sent === 'object' && sent !== null && types.includes(Reflect.get(sent, 'type'))
    })
    return found && Reflect.get(found, 'value')
  }
  const visitor = idOf(find(VISITOR_TYPES), 'mergeProperties with the type anonymous_id')
  return linkTold(visitor, idOf(find(PERSON_TYPES), 'one with the type user_id'), client_time)
}
