/**
 * What stands in the address: named fields with a type, a default that is not written, and a
 * reading that takes whatever somebody typed. An address that cannot be read is one with defaults.
 */
export interface Field<T> {
  /** All values of the name in the address, in order; empty where it is not there. */
  read(values: readonly string[]): T
  /** Empty for the default. */
  write(value: T): readonly string[]
}

export type Fields = Readonly<Record<string, Field<never>>>
export type ValuesOf<F> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never }

export function text(fallback = ''): Field<string> {
  return {
    read: ([first]) => first ?? fallback,
    write: (value) => (value === fallback ? [] : [value]),
  }
}

export function choice<const T extends string>(options: readonly T[], fallback: T): Field<T> {
  return {
    read: ([first]) => options.find((option) => option === first) ?? fallback,
    write: (value) => (value === fallback ? [] : [value]),
  }
}

/** Several, in order; an empty list differs from the default by one empty value. */
export function list(fallback: readonly string[] = []): Field<readonly string[]> {
  const isDefault = (value: readonly string[]) =>
    value.length === fallback.length && value.every((one, at) => one === fallback[at])
  return {
    read: (values) => (values.length === 0 ? fallback : values.filter((value) => value !== '')),
    write: (value) => {
      if (isDefault(value)) return []
      return value.length === 0 ? [''] : value
    },
  }
}

export function integer(fallback: number, min: number, max: number): Field<number> {
  return {
    read: ([first]) => {
      const value = Number(first ?? Number.NaN)
      return Number.isInteger(value) && value >= min && value <= max ? value : fallback
    },
    write: (value) => (value === fallback ? [] : [String(value)]),
  }
}

export function readFields<F>(fields: F, query: URLSearchParams): ValuesOf<F> {
  const entries = Object.entries(fields as Fields).map(([name, field]) => {
    return [name, field.read(query.getAll(name))]
  })
  return Object.fromEntries(entries) as ValuesOf<F>
}

/** The query with these fields changed and all others as they were. */
export function writeFields<F>(
  fields: F,
  query: URLSearchParams,
  values: Partial<ValuesOf<F>>,
): URLSearchParams {
  const written = new URLSearchParams(query)
  for (const [name, value] of Object.entries(values)) {
    const field = (fields as Readonly<Record<string, Field<unknown>>>)[name]
    if (!field) continue
    written.delete(name)
    for (const one of field.write(value)) written.append(name, one)
  }
  return written
}
