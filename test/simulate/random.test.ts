import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { rhythmFactor } from '../../src/simulate/day_rhythm.ts'
import { DueQueue } from '../../src/simulate/due_queue.ts'
import { Random } from '../../src/simulate/random.ts'
import { WeightedChoice, zipfWeights } from '../../src/simulate/weighted_choice.ts'

test('gives the same numbers for the same seed and others for another', () => {
  const draw = (seed: string | number): number[] => {
    const random = new Random(seed)
    return Array.from({ length: 50 }, () => random.word())
  }
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  assert.notDeepEqual(draw('7/a'), draw('7/b'))
})

test('spreads numbers evenly and keeps integers in their bounds', () => {
  const random = new Random('even')
  const buckets = new Array<number>(10).fill(0)
  for (let draw = 0; draw < 100_000; draw++) {
    const bucket = random.integer(0, 9)
    buckets[bucket] = (buckets[bucket] as number) + 1
  }
  assert.equal(buckets.length, 10)
  for (const count of buckets) assert.ok(Math.abs(count - 10_000) < 400, `${buckets}`)
})

test('makes UUIDs of version 4 that do not repeat', () => {
  const random = new Random(1)
  const made = new Set(Array.from({ length: 20_000 }, () => random.uuid()))
  assert.equal(made.size, 20_000)
  for (const uuid of made) {
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  }
})

test('chooses in proportion to the weights', () => {
  const random = new Random(3)
  const choice = new WeightedChoice(['a', 'b', 'c', 'never'], [70, 25, 5, 0])
  const counts: Record<string, number> = { a: 0, b: 0, c: 0, never: 0 }
  for (let draw = 0; draw < 100_000; draw++) {
    const chosen = choice.pick(random)
    counts[chosen] = (counts[chosen] as number) + 1
  }
  assert.ok(Math.abs((counts.a as number) - 70_000) < 700)
  assert.ok(Math.abs((counts.b as number) - 25_000) < 700)
  assert.ok(Math.abs((counts.c as number) - 5_000) < 400)
  assert.equal(counts.never, 0)
  assert.deepEqual(zipfWeights(3, 1), [1, 1 / 2, 1 / 3])
})

test('gives back what is due first, and of the same time what was put first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = new DueQueue<readonly [number, number]>()
      times.forEach((time, index) => {
        queue.push(time, [time, index])
      })
      const expected = times.map((time, index) => [time, index] as const)
      expected.sort((left, right) => left[0] - right[0] || left[1] - right[1])
      const taken = times.map(() => queue.pop())
      assert.deepEqual(taken, expected)
      assert.equal(queue.pop(), undefined)
      assert.equal(queue.due_ms, Number.POSITIVE_INFINITY)
    }),
  )
})

test('keeps the mean of a day when it follows the rhythm of the day', () => {
  const minutes = Array.from({ length: 1_440 }, (_, minute) => rhythmFactor('day', minute * 60_000))
  const mean = minutes.reduce((sum, factor) => sum + factor, 0) / minutes.length
  assert.ok(Math.abs(mean - 1) < 1e-9, `${mean}`)
  const evening = rhythmFactor('day', 20 * 3_600_000)
  const night = rhythmFactor('day', 3 * 3_600_000)
  assert.ok(evening > 5 * night)
  assert.equal(rhythmFactor('flat', 123_456_789), 1)
})
