/**
 * Builds the page into `dist/web`: bundled, and compressed beside each file, so that the server
 * only hands out. With `--when-stale` only where what it is made of has changed since. The old
 * build stays until the new one is whole.
 */
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUT = join(ROOT, 'dist', 'web')
const STAMP = 'built_from.txt'
/** Smaller ones gain nothing, and others are compressed already. */
const PACKED = /\.(html|js|css|svg)$/
const PACKED_BYTES_MIN = 500
const PARTS = ['vite', '@vitejs/plugin-react', 'react', 'react-dom', 'echarts']

const say = (line: string) => process.stderr.write(`${line}\n`)

/** The same as long as the page would be. */
function stampOf(): string {
  const files = globSync('web/**/*', { cwd: ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const packages = PARTS.map((name) => join(ROOT, 'node_modules', name, 'package.json'))
  const hash = createHash('sha256')
  for (const file of [...files, ...packages, fileURLToPath(import.meta.url)]) {
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

function isStale(stamp: string): boolean {
  const file = join(OUT, STAMP)
  return !existsSync(file) || readFileSync(file, 'utf8') !== stamp
}

function pack(folder: string): void {
  const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }
  for (const name of globSync('**/*', { cwd: folder })) {
    if (!PACKED.test(name)) continue
    const file = join(folder, name)
    const plain = readFileSync(file)
    if (plain.length < PACKED_BYTES_MIN) continue
    writeFileSync(`${file}.br`, brotliCompressSync(plain, { params: quality }))
    writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
  }
}

async function build(stamp: string): Promise<void> {
  const vite = await import('vite')
  const temporary = mkdtempSync(join(ROOT, 'node_modules', '.web-'))
  try {
    const made = join(temporary, 'web')
    await vite.build({
      configFile: join(ROOT, 'web', 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: made },
    })
    pack(made)
    writeFileSync(join(made, STAMP), stamp)
    mkdirSync(join(ROOT, 'dist'), { recursive: true })
    if (existsSync(OUT)) renameSync(OUT, join(temporary, 'before'))
    renameSync(made, OUT)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

const stamp = stampOf()
if (!process.argv.includes('--when-stale') || isStale(stamp)) {
  const began = performance.now()
  say('Building the page (web/) ...')
  await build(stamp)
  say(`Built in ${((performance.now() - began) / 1_000).toFixed(1)} s.`)
}
