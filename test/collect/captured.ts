/** Requests of real SDKs, byte for byte as they were captured, and how they are sent again. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { realData } from '../real_data.ts'

const { file, skip } = realData('sdk_requests/fixtures.json')

export { skip as skipWithoutCaptured }

interface Captured {
  readonly sdk: string
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly bodyBase64: string
}

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

/** Set by the connection itself. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['content-length', 'host', 'connection'])

/** Sends what the SDKs whose name begins so had sent, one after the other. */
export async function sendCaptured(url: string, sdk: string): Promise<readonly Answer[]> {
  const { requests } = JSON.parse(readFileSync(file, 'utf8')) as { requests: readonly Captured[] }
  const found = requests.filter((request) => request.sdk.startsWith(sdk))
  assert.ok(found.length > 0, `no request of ${sdk} was captured`)
  const answers: Answer[] = []
  for (const { method, path, headers, bodyBase64 } of found) {
    const sent = Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name))
    const response = await fetch(url + path, {
      method,
      headers: Object.fromEntries(sent),
      ...(method === 'GET' ? {} : { body: Buffer.from(bodyBase64, 'base64') }),
    })
    answers.push({ status: response.status, body: Buffer.from(await response.arrayBuffer()) })
  }
  return answers
}
