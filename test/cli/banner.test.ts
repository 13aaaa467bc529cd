/** What `up` tells when it serves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bannerOf } from '../../src/cli/banner.ts'

const options = { url: 'http://127.0.0.1:4000', cwd: '/srv', directory: '/srv/data' } as const

test('names what to open, and commands that find the data folder by themselves', () => {
  const text = bannerOf({ ...options, traffic: 'own' })
  assert.match(text, /Open +http:\/\/localhost:4000\n/)
  assert.match(text, /curl http:\/\/localhost:4000\/v1\/events /)
  assert.doesNotMatch(text, /--data|simulated/)
})

test('commands name another data folder, in quotes where the shell needs them', () => {
  const demo = bannerOf({ ...options, directory: '/srv/demo-data', traffic: 'simulated' })
  assert.match(demo, /with a simulated shop[\s\S]*query .* --data demo-data\n/)
  const spaced = bannerOf({ ...options, directory: '/srv/my shop', traffic: 'own' })
  assert.match(spaced, / --data "my shop"\n/)
})
