/** A number as a terminal shows it; answers in JSON have it in full. */
export function rounded(value: number | null, places: number): number | null {
  return value === null ? null : Number(value.toFixed(places))
}
