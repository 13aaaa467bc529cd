/**
 * Serves the tag, the script for a shop's pages (web/tag/clickpath.js): read once, made small, told
 * the settings, compressed. What is served is what is written there, so a checkout needs no build.
 */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import type { Settings } from '../std/settings.ts'

const FILE = fileURLToPath(new URL('../../web/tag/clickpath.js', import.meta.url))

/**
 * An hour, so that a change of the tag is soon everywhere; a day longer while the new one loads.
 */
const CACHE = 'public, max-age=3600, stale-while-revalidate=86400'

export interface Tag {
  /** As browsers are given it. */
  readonly script: string
  /** How many bytes travel. */
  readonly gzip_bytes: number
  answer(request: IncomingMessage, response: ServerResponse): void
}

export function openTag(settings: Settings): Tag {
  const script = tagScript(readFileSync(FILE, 'utf8'), settings)
  const plain = Buffer.from(script)
  const packed = gzipSync(plain, { level: 9 })
  const etag = `"${hash('sha256', plain).slice(0, 16)}"`
  return {
    script,
    gzip_bytes: packed.length,
    answer(request, response) {
      response.setHeader('Cache-Control', CACHE)
      response.setHeader('ETag', etag)
      response.setHeader('Vary', 'Accept-Encoding')
      // Pages of any site load it, those that isolate themselves or check its hash included.
      response.setHeader('Access-Control-Allow-Origin', '*')
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304).end()
        return
      }
      const isPacked = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
      if (isPacked) response.setHeader('Content-Encoding', 'gzip')
      const body = isPacked ? packed : plain
      const type = 'text/javascript; charset=utf-8'
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body)
    },
  }
}

/** What stands between quotes in the source, replaced by what the settings say. */
function tagScript(source: string, { collect_path, privacy_signals }: Settings): string {
  const told = withoutComments(source)
    .replace("COLLECT_PATH = '/v1/events'", `COLLECT_PATH = ${JSON.stringify(collect_path)}`)
    .replace("SIGNALS = 'anonymise'", `SIGNALS = ${JSON.stringify(privacy_signals)}`)
  return `;(()=>{\n${told}\n})()\n`
}

/**
 * Drops comments and indentation, which is most of what a minifier would gain after compression.
 * Tricky: line by line, so the source has comments on lines of their own and no text over two
 * lines.
 */
function withoutComments(source: string): string {
  return source
    .replace(/^\s*\/\*\*[\s\S]*?\*\/$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//'))
    .join('\n')
}
