/** Names seen lately: at most so many; then the oldest is forgotten. */
export class RecentSet {
  readonly #max: number
  readonly #names = new Set<string>()

  constructor(max: number) {
    this.#max = max
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string): void {
    this.#names.add(name)
    if (this.#names.size <= this.#max) return
    const [oldest] = this.#names
    this.#names.delete(oldest as string)
  }
}
