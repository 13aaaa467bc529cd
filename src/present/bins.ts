/** The way back from a DDSketch bin to the number it stands for; see the operator `binOf`. */

/** The middle of the whole numbers in a bin, as a double. Bins below 64 hold one number each. */
export function binMiddle(bin: string): string {
  const magnitude = `abs(${bin})`
  const power = `pow(2, ${magnitude} // 64 - 1)`
  const edge = (offset: number) =>
    `(${power} + ceil((${magnitude} % 64 + ${offset}) * ${power} / 64))`
  const middle = `(${edge(0)} + ${edge(1)} - 1) / 2`
  return `(CASE WHEN ${bin} = 0 THEN 0 ELSE sign(${bin}) * ${middle} END)`
}
