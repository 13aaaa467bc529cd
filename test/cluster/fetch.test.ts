/** Fetching Kafka and Spark: once, whole or not at all, and with the reason when it fails. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fetchJars, jarsOf } from '../../deploy/cluster/jars.ts'
import { requireJava, requireMaven } from '../../deploy/cluster/java.ts'
import { cluster } from './command.ts'

function emptyFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-cluster-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('what is in the cache is not fetched again: Maven is not even looked for', async (t) => {
  const folder = emptyFolder(t)
  const { PATH, CLICKPATH_CLUSTER_CACHE } = process.env
  t.after(() => {
    process.env.PATH = PATH
    if (CLICKPATH_CLUSTER_CACHE === undefined) delete process.env.CLICKPATH_CLUSTER_CACHE
    else process.env.CLICKPATH_CLUSTER_CACHE = CLICKPATH_CLUSTER_CACHE
  })
  process.env.CLICKPATH_CLUSTER_CACHE = folder
  process.env.PATH = folder
  await assert.rejects(
    fetchJars('kafka', () => undefined),
    /with Maven, and there is none/,
  )
  mkdirSync(join(jarsOf('kafka').home, 'jars'), { recursive: true })
  const said: string[] = []
  await fetchJars('kafka', (line) => said.push(line))
  assert.deepEqual(said, [])
})

test('a fetch that fails says why, and keeps nothing of what it got', {
  skip: why(),
}, async (t) => {
  const folder = emptyFolder(t)
  const cache = join(folder, 'cache')
  // Nothing fetched before, and nobody listens where the network is said to be.
  const maven = `-Dmaven.repo.local=${join(folder, 'none')} -Dhttps.proxyHost=127.0.0.1`
  const env = { CLICKPATH_CLUSTER_CACHE: cache, MAVEN_OPTS: `${maven} -Dhttps.proxyPort=1` }
  const { code, stderr } = await cluster(['up', '--dir', join(folder, 'run')], env)
  assert.equal(code, 1)
  assert.match(stderr, /could not fetch Kafka[\s\S]*Connection refused[\s\S]*run the same command/)
  assert.deepEqual(
    readdirSync(cache).filter((name) => name !== 'lock'),
    [],
  )
})

function why(): string | false {
  try {
    requireJava()
    requireMaven()
    return false
  } catch (error) {
    return (error as Error).message.split('\n')[0] ?? ''
  }
}
