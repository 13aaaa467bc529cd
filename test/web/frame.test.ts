/**
 * What is around every view: the address as state, themes, and a server that goes and comes back.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { openShop } from '../serve/shop.ts'
import { openPage, seededShop, skip, waitFor } from './shop_page.ts'

/** A machine that does much else starts, stops and draws slowly. */
const AWAY_MS_MAX = 60_000
const EVENT = { event_type: 'view', user_id: 'me', product_id: 'p1' }

function send(url: string, event: object): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })
}

describe('the frame', { skip, timeout: 150_000 }, () => {
  test('an empty shop is told how to send a first event, and lights up when it comes', async (t) => {
    const up = await startUp(dataFolder(t))
    const page = await openPage(t, up, '/')
    await page.getByText('Waiting for the first event').waitFor()
    const command = (await page.locator('.connect-way pre').textContent()) ?? ''
    assert.ok(command.startsWith(`curl ${up.url}/v1/events`), command)
    await send(up.url, { event_id: 'bad', event_type: 7 })
    await page.getByText('could not be understood').waitFor()
    await send(up.url, { event_id: 'first', ...EVENT })
    await page.getByText('Your first event is here').waitFor()
    await page.locator('.feed li').first().waitFor()
  })

  test('the page goes on by itself after the server was killed', async (t) => {
    const up = await startUp(dataFolder(t))
    await send(up.url, { event_id: 'one', ...EVENT })
    const page = await openPage(t, up, '/trust', { errors: 'expected' })
    const stored = page.locator('.term', { hasText: 'stored' }).locator('strong')
    await waitFor('the first event', async () => (await stored.textContent()) === '1')
    const { pid } = up.running('serve')
    process.kill(pid, 'SIGKILL')
    await send(up.url, { event_id: 'two', ...EVENT })
    await up.replaced('serve', pid)
    await waitFor('the second event', async () => (await stored.textContent()) === '2')
    assert.equal(await page.locator('.connection').textContent(), 'live')
  })

  test('says what to do while nobody answers, and shows what it had', async (t) => {
    const up = await startUp(dataFolder(t))
    await send(up.url, { event_id: 'one', ...EVENT })
    const page = await openPage(t, up, '/now', { errors: 'expected' })
    await page.locator('.figure').first().waitFor()
    const shown = await page.locator('.figure').count()
    up.signal('SIGTERM')
    await up.ended()
    await page.getByText('reconnecting').waitFor({ timeout: AWAY_MS_MAX })
    assert.equal(await page.locator('.figure').count(), shown, 'what it had')
  })

  test('a view that was not loaded yet comes when the server is back', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/trust', { errors: 'expected' })
    await page.getByText('Watermark').waitFor()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'Journeys' }).click()
    await page.getByText('Loading').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('img', { name: 'Chart: Paths' }).waitFor()
  })

  test('a refused question is answered with its sentence and a way on', async (t) => {
    const shop = await seededShop(t)
    const page = await openPage(t, shop, '/now', { errors: 'expected' })
    await page.route('**/api/status', (route) =>
      route.fulfill({ status: 400, json: { code: 'BAD_REQUEST', message: 'It cannot be told.' } }),
    )
    await page.goto(`${shop.url}/trust`)
    await page.getByRole('alert').getByText('It cannot be told.').first().waitFor()
    await page.unroute('**/api/status')
    await page.getByRole('button', { name: 'Try again' }).first().click()
    await page.getByText('Watermark').waitFor()
  })

  test('the address keeps the view; back and reload show the same', async (t) => {
    const shop = await openShop(t, { engine: 'running' })
    const page = await openPage(t, shop, '/connect')
    await page.getByRole('radio', { name: 'Tag' }).check()
    await page.getByText('For pages without any analytics').waitFor()
    assert.equal(new URL(page.url()).search, '?way=tag')
    await page.reload()
    await page.getByText('For pages without any analytics').waitFor()
    await page.getByRole('link', { name: 'Trust' }).click()
    await page.getByRole('heading', { name: 'Trust', level: 1 }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/trust')
    assert.equal(await page.title(), 'Trust · Clickpath')
    await page.goBack()
    await page.getByText('For pages without any analytics').waitFor()
    await page.goto(`${shop.url}/nowhere`)
    await page.getByText('There is no such view').waitFor()
  })

  test('follows the theme of the system until the reader chooses one', async (t) => {
    const shop = await openShop(t)
    const page = await openPage(t, shop, '/connect', { colorScheme: 'dark' })
    const theme = () => page.evaluate('document.documentElement.dataset.theme')
    assert.equal(await theme(), 'dark')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.locator('html[data-theme="light"]').waitFor()
    const button = page.getByRole('button', { name: /^Theme/ })
    await button.click()
    await button.click()
    assert.equal(await theme(), 'dark')
    await page.reload()
    assert.equal(await theme(), 'dark')
  })
})
