/** Asks a question of an open shop as the API and the command line do: from words. */
import { type Asking, askPeople, askQuestion } from '../../src/present/questions/asking.ts'
import type { Parameters, Question } from '../../src/present/questions/question.ts'
import type { AnyQuestion } from '../../src/present/questions/registry.ts'
import { systemClock } from '../../src/std/clock.ts'
import { readSettings, type SettingValues } from '../../src/std/settings.ts'
import type { Shop } from '../engine/shop.ts'

export type Words = Readonly<Record<string, string>>

function askingOf(shop: Shop, settings: SettingValues): Asking {
  const { engine } = shop.processor
  return { engine, settings: readSettings(settings), clock: systemClock }
}

/** The answer, and the people behind its links. */
export class Questions {
  readonly #asking: Asking

  constructor(shop: Shop, settings: SettingValues = {}) {
    this.#asking = askingOf(shop, settings)
  }

  async ask<P extends Parameters, A extends object>(
    question: Question<P, A>,
    words: Words = {},
  ): Promise<A> {
    return (await askQuestion(question as unknown as AnyQuestion, words, this.#asking)) as A
  }

  /** Follows the link of a cell. */
  async people<P extends Parameters, A extends object>(question: Question<P, A>, path: string) {
    const { pathname, searchParams } = new URL(path, 'http://shop.example')
    if (pathname !== `/api/${question.name}/people`) throw new Error(`${path} leads elsewhere.`)
    const words = Object.fromEntries(searchParams)
    return (await askPeople(question as unknown as AnyQuestion, words, this.#asking)).people
  }
}
