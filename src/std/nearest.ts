/** What somebody most likely meant: the word with the fewest letters to change. */

/** The nearest of `words`, or undefined when none is near enough to be a slip of the fingers. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  // Two letters changed places are two changes; in a short word nearly anything is that near.
  const bound = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))
  const ranked = words
    .map((candidate) => ({ candidate, distance: distance(word, candidate) }))
    .filter((entry) => entry.distance <= bound)
    .sort((left, right) => left.distance - right.distance)
  return ranked[0]?.candidate
}

/** Letters to insert, remove or replace (Levenshtein), one row of the matrix at a time. */
function distance(source: string, target: string): number {
  let above = Array.from({ length: target.length + 1 }, (_, index) => index)
  for (let row = 1; row <= source.length; row++) {
    const current = [row]
    for (let column = 1; column <= target.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (source[row - 1] === target[column - 1] ? 0 : 1)
      const changed = Math.min(above[column] ?? 0, current[column - 1] ?? 0) + 1
      current.push(Math.min(replaced, changed))
    }
    above = current
  }
  return above[target.length] ?? 0
}
