/**
 * The page: the files of its build, read once and again when there is a newer build, handed out as
 * they were packed. It knows nothing of views: what a browser opens and no file or route answers is
 * the page itself, which reads the address.
 */
import { hash } from 'node:crypto'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { extname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('../../dist/web/', import.meta.url))
const INDEX = '/index.html'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The first that the browser takes and that was made. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** Its name changes with what is in it. */
const HASHED = /^\/assets\//
const FOREVER = 'public, max-age=31536000, immutable'

interface PageFile {
  readonly type: string
  readonly cache: string
  readonly etag: string
  readonly plain: Buffer
  readonly packed: ReadonlyMap<string, Buffer>
}

export interface PageAnswer {
  readonly status: 200 | 304
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer | undefined
}

export class Page {
  #files: ReadonlyMap<string, PageFile> = new Map()
  #built_ms = 0

  /**
   * What to answer to a GET; `not built` where there is no page at all, undefined for what neither
   * is a file of it nor was asked for by somebody who wants to see a page.
   */
  answer(path: string, headers: IncomingHttpHeaders): PageAnswer | 'not built' | undefined {
    this.#readWhenNewer()
    const wanted = path === '/' ? INDEX : path
    const known = this.#files.get(wanted)
    if (known && wanted !== INDEX) return answerOf(known, headers)
    if (wanted !== INDEX && !isView(path, headers)) return undefined
    const index = this.#files.get(INDEX)
    return index ? answerOf(index, headers) : 'not built'
  }

  #readWhenNewer(): void {
    const index = join(FOLDER, INDEX)
    const built_ms = existsSync(index) ? statSync(index).mtimeMs : 0
    if (built_ms === this.#built_ms) return
    this.#files = built_ms === 0 ? new Map() : readFiles()
    this.#built_ms = built_ms
  }
}

/** Files stand at the root and in assets/; a dot further on is one of a name, an address. */
const FILE = /^\/(assets\/|[^/]*\.)/

/** A browser says that it wants to see something; programs that ask for data do not. */
function isView(path: string, { accept = '' }: IncomingHttpHeaders): boolean {
  return accept.includes('text/html') && !path.startsWith('/api/') && !FILE.test(path)
}

function readFiles(): ReadonlyMap<string, PageFile> {
  const names = globSync('**/*', { cwd: FOLDER }).filter((name) => extname(name) in TYPES)
  return new Map(names.map((name) => [`/${name.replaceAll(sep, '/')}`, readFile(name)]))
}

function readFile(name: string): PageFile {
  const file = join(FOLDER, name)
  const plain = readFileSync(file)
  const packed = ENCODINGS.filter(([, ending]) => existsSync(file + ending)).map(
    ([encoding, ending]) => [encoding, readFileSync(file + ending)] as const,
  )
  return {
    type: TYPES[extname(name)] as string,
    cache: HASHED.test(`/${name.replaceAll(sep, '/')}`) ? FOREVER : 'no-cache',
    etag: `"${hash('sha256', plain).slice(0, 16)}"`,
    plain,
    packed: new Map(packed),
  }
}

function answerOf(file: PageFile, headers: IncomingHttpHeaders): PageAnswer {
  const { type, cache, etag, plain, packed } = file
  const common = { etag, 'cache-control': cache, vary: 'accept-encoding' }
  if (headers['if-none-match'] === etag) return { status: 304, headers: common, body: undefined }
  const taken = String(headers['accept-encoding'] ?? '').split(/[\s,;]+/)
  const [encoding, body] = [...packed].find(([name]) => taken.includes(name)) ?? [undefined, plain]
  const encoded = encoding ? { 'content-encoding': encoding } : {}
  return { status: 200, headers: { ...common, 'content-type': type, ...encoded }, body }
}
