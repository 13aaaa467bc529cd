/**
 * Every route of the API; a new one is a value in its file and a line here. Questions bring theirs.
 */
import type { AnyQuestion } from '../../present/questions/registry.ts'
import { openApiOf } from '../openapi.ts'
import type { Route } from '../route.ts'
import { packageVersion } from '../status.ts'
import { archive } from './archive.ts'
import { flush, rebuildAll, rebuildTable } from './control.ts'
import { erase, listErasures, previewErasure, readErasure, searchErased } from './erase.ts'
import { readFigures } from './figures.ts'
import { healthz, metrics, readyz, status } from './health.ts'
import { linkVisitor } from './identity.ts'
import { readInvalid, readLedgerRoute } from './ledger.ts'
import { readLedgerRecords } from './ledger_records.ts'
import { liveStream } from './live.ts'
import { query, queryFunctions } from './query.ts'
import { questionRoutes } from './questions.ts'
import { setup } from './setup.ts'
import { listTables, readChanges, readTable } from './tables.ts'
import { readValues } from './values.ts'

const ROUTES: readonly Route[] = Object.freeze([
  listTables,
  readTable,
  readValues,
  readChanges,
  liveStream,
  readFigures,
  readLedgerRoute,
  readLedgerRecords,
  readInvalid,
  status,
  setup,
  query,
  queryFunctions,
  flush,
  rebuildAll,
  rebuildTable,
  archive,
  linkVisitor,
  previewErasure,
  erase,
  listErasures,
  readErasure,
  searchErased,
  healthz,
  readyz,
  metrics,
])

/** Last comes the document of them all, itself included. */
export function routesOf(questions: readonly AnyQuestion[]): readonly Route[] {
  const openApi: Route = {
    method: 'GET',
    path: '/api/openapi.json',
    summary: 'This API as an OpenAPI document.',
    access: 'read',
    answer: { type: 'object' },
    handle: async () => openApiOf(routes, packageVersion()),
  }
  const routes = Object.freeze([...ROUTES, ...questionRoutes(questions), openApi])
  return routes
}
