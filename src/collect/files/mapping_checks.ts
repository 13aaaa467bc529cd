/**
 * Reads a mapping and says everything that is wrong with it at once, so that nobody mends one
 * mistake to be told of the next. What it passes can be carried out on the file; what single rows
 * hold is judged later.
 */
import { readFile } from 'node:fs/promises'
import { DIMENSIONS } from '../../model/dimensions.ts'
import { events } from '../../model/events.ts'
import type { Columns } from '../../model/stream.ts'
import { ClickpathError, messageOf } from '../../std/errors.ts'
import { nearest } from '../../std/nearest.ts'
import { isObject } from '../formats/sent_object.ts'
import { type ImportStream, requiredColumns } from './formats.ts'
import { columnsRead, type Mapping, SPACES } from './mapping.ts'
import { type Found, unknownKeys, wrongWords } from './mapping_mistakes.ts'
import { ruleMistakes } from './mapping_rules.ts'

const MAPPING_KEYS = ['about', 'csv', 'columns', 'rest']
const CSV_KEYS = ['delimiter', 'header', 'columns']
const VISITOR = ['user_id', 'anonymous_id', 'session_id']
const MISTAKES_MAX = 20
const ONE_CHARACTER = /^[\t\x20-\x7e]$/

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function csvMistakes(csv: unknown): Found {
  if (csv === undefined) return []
  if (!isObject(csv)) return ['csv must be an object']
  const { delimiter, header, columns } = csv
  const found = [...unknownKeys('csv', csv, CSV_KEYS)]
  const isOne = typeof delimiter === 'string' && ONE_CHARACTER.test(delimiter)
  if (delimiter !== undefined && delimiter !== SPACES && (!isOne || delimiter === '"')) {
    found.push('csv.delimiter must be one ASCII character, or the word spaces')
  }
  found.push(...wrongWords('csv.header', header, ['first line', 'none']))
  if (columns !== undefined && !isTexts(columns)) found.push('csv.columns must be names')
  if (columns === undefined && header === 'none') {
    found.push('csv.columns must name the columns, for there is no header')
  }
  if (columns !== undefined && header !== 'none') {
    found.push('csv.columns are for files whose csv.header is none')
  }
  return found
}

/** Columns of ours that a file may fill. */
function ownColumns(stream: ImportStream): readonly string[] {
  const { columns }: { readonly columns: Columns } =
    stream === 'events' ? events.declaration : DIMENSIONS[stream].stream.declaration
  return Object.entries(columns)
    .filter(([, { derived, internal, type }]) => !derived && !internal && type !== 'json')
    .map(([name]) => name)
}

function missingColumns(stream: ImportStream, given: readonly string[]): Found {
  const lacks = (name: string) => !given.includes(name)
  if (stream !== 'events') {
    return requiredColumns(stream)
      .filter(lacks)
      .map((name) => `columns.${name} is missing: rows of ${stream} are told apart by it`)
  }
  const found: string[] = []
  if (lacks('event_type')) {
    found.push('columns.event_type is missing; where all rows are alike: {"value": "purchase"}')
  }
  if (lacks('client_time')) {
    found.push('columns.client_time is missing: without a time, history would count as now')
  }
  if (VISITOR.every(lacks)) {
    found.push('columns lacks a visitor: one of user_id, anonymous_id, session_id')
  }
  return found
}

function columnMistakes(columns: unknown, stream: ImportStream): Found {
  if (!isObject(columns)) return ['columns is missing: {"OUR COLUMN": "THEIR COLUMN", ...}']
  const own = ownColumns(stream)
  const found = Object.entries(columns).flatMap(([name, rule]) => {
    const path = `columns.${name}`
    if (own.includes(name)) return ruleMistakes(path, rule, name)
    const guess = nearest(name, own)
    const meant = guess ? `did you mean ${guess}?` : `columns: ${own.join(', ')}`
    return [`${path}: ${stream} have no such column; ${meant}`]
  })
  return [...found, ...missingColumns(stream, Object.keys(columns))]
}

function mappingMistakes(mapping: unknown, stream: ImportStream): Found {
  if (!isObject(mapping)) return ['it must be a JSON object']
  const { about, csv, columns, rest } = mapping
  const found = [...unknownKeys('', mapping, MAPPING_KEYS)]
  if (about !== undefined && typeof about !== 'string') found.push('about must be a text')
  const isWord = rest === undefined || rest === 'properties' || rest === 'nothing'
  if (!isWord && !isTexts(rest)) {
    found.push('rest must be properties, nothing, or a list of column names')
  }
  return [...found, ...csvMistakes(csv), ...columnMistakes(columns, stream)]
}

function refuse(file: string, mistakes: Found): void {
  if (mistakes.length === 0) return
  const shown = mistakes.slice(0, MISTAKES_MAX).map((mistake) => `  ${mistake}`)
  if (mistakes.length > shown.length) shown.push(`  and ${mistakes.length - shown.length} more`)
  throw new ClickpathError('MAPPING_INVALID', file, shown.join('\n'))
}

/** Throws MAPPING_INVALID with all that can be known without the file to import. */
export async function readMapping(file: string, stream: ImportStream): Promise<Mapping> {
  let mapping: unknown
  try {
    mapping = JSON.parse(await readFile(file, 'utf8'))
  } catch (thrown) {
    throw new ClickpathError('MAPPING_INVALID', file, `  it cannot be read: ${messageOf(thrown)}`)
  }
  refuse(file, mappingMistakes(mapping, stream))
  return mapping as Mapping
}

/** Throws MAPPING_INVALID where the mapping reads columns that the file does not have. */
export function checkColumns(file: string, mapping: Mapping, names: readonly string[]): void {
  const { rest, columns } = mapping
  const read = Object.entries(columns).flatMap(([name, rule]) =>
    columnsRead(rule).map((column) => [`columns.${name}`, column] as const),
  )
  const kept = isTexts(rest) ? rest.map((column) => ['rest', column] as const) : []
  const mistakes = [...read, ...kept]
    .filter(([, column]) => !names.includes(column))
    .map(([path, column]) => {
      const guess = nearest(column, names)
      const due = guess ? `did you mean ${guess}?` : `it has ${names.slice(0, 40).join(', ')}`
      return `${path}: the file has no column ${column}; ${due}`
    })
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0) mistakes.push(`the file has two columns named ${twice.join(', ')}`)
  refuse(file, [...new Set(mistakes)])
}
