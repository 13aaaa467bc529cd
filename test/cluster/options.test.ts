/** What `npm run cluster:up` understands, and what it refuses before anything is started. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readOptions, wordsFor } from '../../deploy/cluster/options.ts'
import { portsFrom, requireFree } from '../../deploy/cluster/ports.ts'
import { cluster } from './command.ts'

test('without options it is one broker and Spark on two cores', () => {
  const { brokers, replication, spark, workers, cores, memory_mb, port_base } = readOptions({})
  assert.deepEqual([brokers, replication], [1, 1])
  assert.deepEqual([spark, workers, cores, memory_mb], ['local', 0, 2, 2048])
  assert.equal(port_base, null)
})

test('workers alone mean a standalone master, and copies are on all brokers unless told', () => {
  const { replication, spark, workers, cores, memory_mb } = readOptions({
    brokers: '3',
    workers: '2',
    memory: '1g',
  })
  assert.deepEqual([replication, spark, workers, cores], [3, 'standalone', 2, 1])
  assert.equal(memory_mb, 1024)
})

test("Spark's own settings are kept as told, and named when the same cluster is to be started", () => {
  const options = readOptions({ conf: ['spark.sql.adaptive.enabled=false', 'spark.a.b=c=d'] })
  assert.deepEqual(options.conf, { 'spark.sql.adaptive.enabled': 'false', 'spark.a.b': 'c=d' })
  assert.match(
    wordsFor(options),
    / --conf spark\.sql\.adaptive\.enabled=false --conf spark\.a\.b=c=d$/,
  )
})

const REFUSED = [
  [{ brokers: '2' }, /1 or 3/],
  [{ brokers: 'many' }, /whole number/],
  [{ brokers: '1', replication: '3' }, /number of brokers, 1/],
  [{ brokers: '0', 'spark-master': 'none' }, /nothing to start/],
  [{ 'spark-master': 'yarn' }, /standalone/],
  [{ 'spark-master': 'local[2]', workers: '2' }, /only a standalone master has workers/],
  [{ 'spark-master': 'local[2]', cores: '4' }, /one of the two/],
  [{ 'spark-master': 'standalone', workers: '0' }, /at least one/],
  [{ memory: '2' }, /1536m or 2g/],
  [{ memory: '100m' }, /512m/],
  [{ 'port-base': '80' }, /from 1024/],
  [{ conf: ['shuffle=8'] }, /spark\.sql\.shuffle/],
  [{ conf: ['spark.sql.shuffle.partitions'] }, /spark\.sql\.shuffle/],
  [{ 'spark-master': 'none', conf: ['spark.ui.enabled=false'] }, /no Spark/],
] as const

for (const [asked, why] of REFUSED) {
  test(`refuses ${JSON.stringify(asked)} and says what to take instead`, () => {
    assert.throws(() => readOptions(asked), why)
  })
}

test('two clusters 60 ports apart share none', () => {
  const portsOf = (base: number): readonly number[] => {
    const ports = portsFrom(base)
    const three = [1, 2, 3].flatMap((id) => [ports.kafka(id), ports.controller(id)])
    const eight = Array.from({ length: 8 }, (_, at) => at + 1)
    const workers = eight.flatMap((id) => [ports.worker(id), ports.worker_page(id)])
    const single = [ports.connect, ports.connect_page, ports.master, ports.master_page]
    return [...three, ...workers, ...single]
  }
  const all = [...portsOf(20_000), ...portsOf(20_060)]
  assert.equal(new Set(all).size, all.length)
})

test('a port that somebody else has is named before anything starts', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.after(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const address = other.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  await assert.rejects(requireFree([port]), new RegExp(`127\\.0\\.0\\.1:${port}.*--port-base`))
})

test('each command explains itself, and a word it does not know is an error of usage', async () => {
  for (const name of ['up', 'down', 'status']) {
    const { code, stdout } = await cluster([name, '--help'])
    assert.equal(code, 0)
    assert.match(stdout, new RegExp(`^cluster:${name}: `))
  }
  assert.equal((await cluster(['sideways'])).code, 2)
  const { code, stderr } = await cluster(['up', '--bokers', '3'])
  assert.equal(code, 2)
  assert.match(stderr, /--bokers/)
  const told = await cluster(['up', '--brokers', '2', '--json'])
  assert.equal(told.code, 1)
  assert.match(JSON.parse(told.stdout).error, /1 or 3/)
})

test('where Java or Maven is missing it says how to install them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'clickpath-cluster-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const nowhere = { PATH: folder, JAVA_HOME: folder, CLICKPATH_CLUSTER_DIR: folder }
  const java = await cluster(['up'], nowhere)
  assert.equal(java.code, 1)
  assert.match(java.stderr, /apt-get install openjdk-17[\s\S]*brew install openjdk@17/)
  const home = homeOfJava()
  if (home === null) return t.skip('no Java here')
  const without = { ...nowhere, JAVA_HOME: home, CLICKPATH_CLUSTER_CACHE: join(folder, 'cache') }
  const maven = await cluster(['up'], without)
  assert.equal(maven.code, 1)
  assert.match(maven.stderr, /apt-get install maven[\s\S]*brew install maven/)
})

function homeOfJava(): string | null {
  const words = ['-XshowSettings:properties', '-version']
  const { stderr, status } = spawnSync('java', words, { encoding: 'utf8' })
  return status === 0 ? (/java\.home = (.*)/.exec(stderr)?.[1] ?? null) : null
}
