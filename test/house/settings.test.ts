/** Settings: their layers, bounds and mistakes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings, SETTINGS, settingsOfEnvironment } from '../../src/std/settings.ts'

test('later layers win: defaults, config file, environment, flags', () => {
  const environment = settingsOfEnvironment({ CLICKPATH_PORT: '2', CLICKPATH_THREADS: '3' })
  const settings = readSettings({ port: 1, threads: 1, readers_max: 1 }, environment, { port: '4' })
  assert.deepEqual([settings.port, settings.threads, settings.readers_max], [4, 3, 1])
  assert.equal(settings.host, SETTINGS.host.default)
})

test('every default lies within its own bounds', () => {
  assert.doesNotThrow(() => readSettings(readSettings()))
})

test('a number out of bounds, an empty one and an unknown name are told together', () => {
  const wrong = { port: '65536', threads: ' ', currency: 'euro', nonsense: 1 }
  assert.throws(
    () => readSettings(wrong),
    (error: Error) => Object.keys(wrong).every((name) => error.message.includes(name)),
  )
})

test('the answer cannot be changed', () => {
  const settings = readSettings()
  assert.throws(() => Object.assign(settings, { port: 1 }), TypeError)
})
