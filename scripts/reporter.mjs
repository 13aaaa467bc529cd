// How test results are shown: one line a file, what failed or was skipped below it, counts at the
// end.
import { relative } from 'node:path'
import { inspect } from 'node:util'

export default async function* report(source) {
  const files = new Map()
  for await (const { type, data } of source) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message
    if (type === 'test:summary' && data.file === undefined) yield closing(data)
    if (type === 'test:summary' && data.file !== undefined) {
      yield lineOf(data, files.get(data.file) ?? [])
    }
    const notable = type === 'test:fail' || (type === 'test:pass' && data.skip !== undefined)
    if (notable && data.file !== undefined && !isOnlyBelow(data)) {
      const notes = files.get(data.file) ?? files.set(data.file, []).get(data.file)
      notes.push(
        type === 'test:fail' ? failure(data) : `    skipped: ${data.name} (${data.skip})\n`,
      )
    }
  }
}

/** A suite, or file, that failed merely because a test in it did. */
function isOnlyBelow({ details }) {
  return details.error?.failureType === 'subtestsFailed'
}

function failure({ name, details, line }) {
  const cause = details.error?.cause ?? details.error
  const told = typeof cause === 'string' ? cause : (cause?.stack ?? inspect(cause))
  const own = told.split('\n').filter((row) => !/^ +at .*(node:internal|\(node:)/.test(row))
  return `    FAILED: ${name} (line ${line})\n${own.map((row) => `        ${row}\n`).join('')}`
}

function lineOf({ file, counts, duration_ms, success }, notes) {
  const name = relative(process.cwd(), file)
  const time = `${(duration_ms / 1000).toFixed(1)} s`
  const passed = `${counts.passed} ok`
  const mark = success ? '' : '  FAILED'
  return `  ${name.padEnd(56)} ${passed.padStart(7)} ${time.padStart(8)}${mark}\n${notes.join('')}`
}

function closing({ counts, duration_ms }) {
  const { tests, passed, failed, cancelled, skipped } = counts
  const told = { tests, pass: passed, fail: failed, cancelled, skipped }
  const words = Object.entries(told).map(([name, count]) => `${name} ${count}`)
  const plain = `${passed} passed, ${failed} failed, ${skipped} skipped`
  return `\n${words.join(', ')}, ${(duration_ms / 1000).toFixed(1)} s\n${plain}\n`
}
