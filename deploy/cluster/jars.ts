/**
 * Kafka and Spark as folders of jars, fetched once with Maven and kept in the cache folder. A
 * folder is there only when it is whole: it is filled under another name. Its name is made from the
 * text of `pom.xml`, so that a changed one is fetched anew and an unchanged one never.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ClusterError } from './cluster_error.ts'
import { requireMaven } from './java.ts'
import { withLock } from './lock.ts'

const POM = join(import.meta.dirname, 'pom.xml')
/** Its version stands in the pom. */
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin'
const HASH_DIGITS = 8
const PROGRESS_MS = 2_000

export type System = 'kafka' | 'spark'
const NAMES = { kafka: 'Kafka', spark: 'Spark' } as const

export interface Jars {
  readonly version: string
  /** Holds `jars/`; what Spark calls its home. */
  readonly home: string
}

export type Say = (line: string) => void

export function cacheFolder(): string {
  return process.env.CLICKPATH_CLUSTER_CACHE || join(homedir(), '.cache', 'clickpath', 'cluster')
}

export function jarsOf(system: System): Jars {
  const pom = readFileSync(POM, 'utf8')
  const version = new RegExp(`<${system}\\.version>([^<]+)<`).exec(pom)?.[1] ?? 'unknown'
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, HASH_DIGITS)
  return { version, home: join(cacheFolder(), `${system}-${version}-${hash}`) }
}

export const isFetched = ({ home }: Jars): boolean => existsSync(join(home, 'jars'))

/** Fetches what is not there yet; of two at once the second waits and then finds it. */
export async function fetchJars(system: System, say: Say): Promise<Jars> {
  const jars = jarsOf(system)
  if (isFetched(jars)) return jars
  mkdirSync(cacheFolder(), { recursive: true })
  await withLock(cacheFolder(), say, async () => {
    if (!isFetched(jars)) await fetchAll(system, jars, say)
  })
  return jars
}

async function fetchAll(system: System, { version, home }: Jars, say: Say): Promise<void> {
  const maven = requireMaven()
  const name = `${NAMES[system]} ${version}`
  say(`Fetching ${name} into ${home} ...`)
  const part = `${home}.part`
  rmSync(part, { recursive: true, force: true })
  const child = spawn(
    maven,
    [
      ...['--batch-mode', '-Dstyle.color=never', '--file', POM, '--activate-profiles', system],
      ...[`${PLUGIN}:copy-dependencies`, '-DincludeScope=runtime'],
      `-DoutputDirectory=${join(part, 'jars')}`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const closed = once(child, 'close')
  const failures: string[] = []
  let [files, told_at] = [0, performance.now()]
  for await (const line of createInterface({ input: child.stdout })) {
    const [, failure] = /^\[ERROR\] (.*[a-z].*)/.exec(line) ?? []
    if (failure) failures.push(failure)
    if (!line.includes('Downloaded from')) continue
    files += 1
    if (performance.now() - told_at < PROGRESS_MS) continue
    told_at = performance.now()
    say(`  ${name}: ${files} files`)
  }
  const [code] = await closed
  if (code !== 0) {
    rmSync(part, { recursive: true, force: true })
    throw new ClusterError(
      `Maven could not fetch ${name}; nothing is kept of it:\n${failures[0] ?? 'it does not say why'}\n` +
        'Check the network (or the mirror in ~/.m2/settings.xml), then run the same command again.',
    )
  }
  renameSync(part, home)
  say(`  ${name}: ${readdirSync(join(home, 'jars')).length} jars are there`)
}
