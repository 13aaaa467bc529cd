/** The page: the files of web/, read once, served as they are. */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../web/', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export interface PageFile {
  readonly path: string
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** Files of kinds that browsers are given; index.html is `/`. */
export function readPage(): readonly PageFile[] {
  return readdirSync(FOLDER).flatMap((name) => {
    const type = TYPES[extname(name)]
    if (type === undefined) return []
    const body = readFileSync(join(FOLDER, name))
    const etag = `"${hash('sha256', body).slice(0, 16)}"`
    return [{ path: name === 'index.html' ? '/' : `/${name}`, type, body, etag }]
  })
}
