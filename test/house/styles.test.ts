/** A view's styles stay when somebody goes on: no two views may mean different things by one. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'

const WEB = resolve(import.meta.dirname, '../../web')
const COMMENT = /\/\*[\s\S]*?\*\//g

/** The classes that a file styles wherever they stand: a rule for the class alone. */
function classesIn(file: string): readonly string[] {
  const css = readFileSync(resolve(WEB, file), 'utf8').replace(COMMENT, '')
  const selectors = [...css.matchAll(/([^{};]+)\{/g)].flatMap(([, list = '']) => list.split(','))
  return selectors.map((one) => one.trim()).filter((one) => /^\.[a-z-]+$/.test(one))
}

test('each class has its style in one file', () => {
  const files = globSync('**/*.css', { cwd: WEB }).sort()
  const homes = new Map<string, Set<string>>()
  for (const file of files) {
    for (const name of classesIn(file)) {
      homes.set(name, (homes.get(name) ?? new Set()).add(file))
    }
  }
  assert.ok(homes.size > 100)
  const shared = [...homes].filter(([, found]) => found.size > 1)
  assert.deepEqual(
    shared.map(([name, found]) => `${name}: ${[...found].join(', ')}`),
    [],
  )
})
