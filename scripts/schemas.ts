/**
 * Keeps the schemas of this version as a file of schemas/, to be given out with a release. What was
 * given out stays as it is: a change asks for a new `SCHEMA_VERSION`.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { CURRENT_SCHEMAS, SCHEMA_VERSION } from '../src/collect/schemas.ts'

const file = fileURLToPath(new URL(`../schemas/${SCHEMA_VERSION}.json`, import.meta.url))
if (existsSync(file)) {
  console.log(`${SCHEMA_VERSION} has been given out; raise SCHEMA_VERSION for other schemas.`)
} else {
  writeFileSync(file, `${JSON.stringify(CURRENT_SCHEMAS, null, 2)}\n`)
  console.log(`Wrote ${file}.`)
}
