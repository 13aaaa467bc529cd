import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Point, plainSlope, slopeAtEqualAge } from './slope.ts'

/** A process that is started again every two minutes and is larger at each start. */
function sawtooth(growth_per_min: number): readonly Point[] {
  return Array.from({ length: 180 }, (_, at) => {
    const at_min = at / 6
    const age_s = (at * 10) % 120
    return { at_min, age_s, value: 300 + age_s * 2 + growth_per_min * at_min }
  })
}

test('growth is told from the saw teeth of restarts', () => {
  assert.ok(Math.abs((slopeAtEqualAge(sawtooth(0)) ?? 1) - 0) < 1e-9)
  assert.ok(Math.abs((slopeAtEqualAge(sawtooth(3)) ?? 0) - 3) < 1e-9)
})

test('a process that was never killed has a plain slope, and none at equal age', () => {
  const points = Array.from({ length: 60 }, (_, at) => ({
    at_min: at / 6,
    age_s: at * 10,
    value: 100 + at / 3,
  }))
  assert.ok(Math.abs((plainSlope(points) ?? 0) - 2) < 1e-9)
  assert.equal(plainSlope(points.slice(0, 1)), null)
})
