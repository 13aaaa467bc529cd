/** What is to happen when: a heap by time; of two things due at once the one put first wins. */

interface Entry<T> {
  readonly due_ms: number
  readonly order: number
  readonly item: T
}

function before<T>(left: Entry<T>, right: Entry<T>): boolean {
  return left.due_ms < right.due_ms || (left.due_ms === right.due_ms && left.order < right.order)
}

export class DueQueue<T> {
  readonly #heap: Entry<T>[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  /** When the next thing is due; Infinity when there is none. */
  get due_ms(): number {
    return this.#heap[0]?.due_ms ?? Number.POSITIVE_INFINITY
  }

  push(due_ms: number, item: T): void {
    const entry = { due_ms, order: this.#order++, item }
    let index = this.#heap.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = this.#heap[parent] as Entry<T>
      if (before(above, entry)) break
      this.#heap[index] = above
      index = parent
    }
    this.#heap[index] = entry
  }

  /** Takes the next thing, due or not. */
  pop(): T | undefined {
    const top = this.#heap[0]
    const last = this.#heap.pop()
    if (top && last && this.#heap.length > 0) this.#sink(last)
    return top?.item
  }

  #sink(entry: Entry<T>): void {
    const size = this.#heap.length
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= size) break
      const right = this.#heap[child + 1]
      if (right && before(right, this.#heap[child] as Entry<T>)) child++
      const below = this.#heap[child] as Entry<T>
      if (before(entry, below)) break
      this.#heap[index] = below
      index = child
    }
    this.#heap[index] = entry
  }
}
