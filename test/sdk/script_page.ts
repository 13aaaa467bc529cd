/**
 * A page with a program's script on it, of another origin than the collector, in a real browser.
 */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { openVisitor } from '../collect/shop_site.ts'

const HTML = '<!doctype html><title>Shop</title><link rel="icon" href="data:,">'

/** Opens the page; `file` is the script, which may load others of its folder. The test ends it. */
export async function openScriptPage(t: TestContext, file: string): Promise<Page> {
  const server = createServer((request, response) => {
    const script = join(dirname(file), basename(request.url ?? ''))
    const isScript = script.endsWith('.js') && existsSync(script)
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    const page = `${HTML}<script src="/${basename(file)}"></script>`
    response.end(isScript ? readFileSync(script) : page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const page = await (await openVisitor(t)).newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/product`)
  return page
}
