// Names the files in which a test failed, a line each.
import { relative } from 'node:path'

export default async function* failedFiles(source) {
  for await (const { type, data } of source) {
    if (type !== 'test:summary' || data.file === undefined || data.success) continue
    yield `${relative(process.cwd(), data.file)}\n`
  }
}
