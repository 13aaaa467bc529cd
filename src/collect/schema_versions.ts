/**
 * Every version of the schemas: the one this program takes events by, and the older ones, each as
 * it was when it was given out, in a file of schemas/. `scripts/schemas.ts` writes the file of a
 * new one; a file that exists is never written again.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Comparison, compareSchemas } from './schema_compatibility.ts'
import {
  CURRENT_SCHEMAS,
  SCHEMA_VERSION,
  type Schema,
  type SchemaSet,
  schemasByType,
} from './schemas.ts'

const FOLDER = fileURLToPath(new URL('../../schemas/', import.meta.url))

export interface SchemaEntry {
  readonly type: string
  readonly about: string
  /** The newest last. */
  readonly versions: readonly string[]
}

export interface VersionComparison extends Comparison {
  readonly type: string
  readonly older: string
  readonly newer: string
}

/** `model-revision-addition`, as numbers; a model that differs breaks old senders. */
function partsOf(version: string): readonly number[] {
  return version.split('-').map(Number)
}

/** Below zero where `left` is the older one. */
export function compareVersions(left: string, right: string): number {
  const others = partsOf(right)
  const differences = partsOf(left).map((part, index) => part - (others[index] ?? 0))
  return differences.find((difference) => difference !== 0) ?? 0
}

/** The sets that were given out, the oldest first. */
export function readSchemaFiles(): readonly SchemaSet[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  const sets = names.map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as SchemaSet)
  return sets.sort((left, right) => compareVersions(left.version, right.version))
}

function byVersion(): ReadonlyMap<string, ReadonlyMap<string, Schema>> {
  const older = readSchemaFiles().filter(({ version }) => version !== SCHEMA_VERSION)
  return new Map([...older, CURRENT_SCHEMAS].map((set) => [set.version, schemasByType(set)]))
}

const SCHEMAS = byVersion()

/** Every schema there is now, with the versions it is known in. */
export function listSchemas(): readonly SchemaEntry[] {
  const versions = [...SCHEMAS]
  return [...schemasByType(CURRENT_SCHEMAS)].map(([type, { description }]) => ({
    type,
    about: String(description),
    versions: versions.filter(([, schemas]) => schemas.has(type)).map(([version]) => version),
  }))
}

/** One schema, the newest where no version is named; undefined when there is none. */
export function findSchema(type: string, version = SCHEMA_VERSION): Schema | undefined {
  return SCHEMAS.get(version)?.get(type)
}

/** Whether senders of the older of two versions may send by the newer; undefined without both. */
export function compareSchemaVersions(
  type: string,
  left: string,
  right: string,
): VersionComparison | undefined {
  const [older, newer] = compareVersions(left, right) <= 0 ? [left, right] : [right, left]
  const [was, is] = [findSchema(type, older), findSchema(type, newer)]
  return was && is ? { type, older, newer, ...compareSchemas(was, is) } : undefined
}
