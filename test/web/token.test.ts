/** A server that other machines may reach asks for a token; the page asks for it once. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { openTokens } from '../../src/serve/tokens.ts'
import { systemClock } from '../../src/std/clock.ts'
import { dataFolder, startUp } from '../cli/up_process.ts'
import { openPage, skip } from './shop_page.ts'

/** Makes the tokens of a data folder, as its first start would, and answers those it tells. */
function makeTokens(directory: string): { readonly read: string; readonly admin: string } {
  let told = ''
  const tell = (sentence: string) => {
    told = sentence
  }
  openTokens({ directory, random: randomBytes, clock: systemClock, tell })
  const [, read = '', admin = ''] = /: read (\S+), admin (\S+)$/.exec(told) ?? []
  return { read, admin }
}

describe('the token', { skip, timeout: 150_000 }, () => {
  test('is asked for until one is right, kept in the tab, and asked for no more', async (t) => {
    const directory = dataFolder(t)
    const { read } = makeTokens(directory)
    const up = await startUp(directory, ['--host', '0.0.0.0'])
    const url = `http://localhost:${new URL(up.url).port}`
    const page = await openPage(t, { url }, '/trust', { errors: 'expected' })
    page.setDefaultTimeout(60_000)
    const dialog = page.getByRole('dialog', { name: 'A token, please' })
    const field = dialog.getByLabel('Token')
    await field.waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    assert.equal(await dialog.isVisible(), true, 'there is nothing behind it yet')
    assert.equal(await page.getByText('Watermark').count(), 0)
    assert.equal(await dialog.getByRole('alert').count(), 0)

    await field.fill('not-a-token')
    await page.keyboard.press('Enter')
    await dialog.getByRole('alert').getByText('is not known here').waitFor()
    await field.fill(` ${read} `)
    await page.keyboard.press('Enter')
    await page.getByText('Watermark').waitFor()
    assert.equal(await dialog.count(), 0)

    await page.reload()
    await page.getByText('Watermark').waitFor()
    assert.equal(await dialog.count(), 0)
    assert.equal((await page.content()).includes(read), false, 'it stands nowhere on the page')

    // As what needs a token of kind admin answers one that may only read.
    const message = 'The token may not do this.'
    await page.route('**/api/funnel?**', (route) =>
      route.fulfill({ status: 401, json: { code: 'UNKNOWN_TOKEN', message } }),
    )
    await page.getByRole('link', { name: 'Funnel' }).click()
    await dialog.getByRole('alert').getByText('one of kind admin').waitFor()
    await dialog.getByRole('button', { name: 'Go on without' }).click()
    await page.getByRole('alert').getByText(message).first().waitFor()
    assert.equal(await dialog.count(), 0)
    await page.getByRole('link', { name: 'Trust' }).click()
    await page.getByText('Watermark').waitFor()
  })
})
