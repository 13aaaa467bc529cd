/**
 * Fair shares: how a bound is divided among lanes, so that a big import never starves a live lane.
 */

/**
 * Divides `total` among demands: those below an equal share get all they ask for, and what they
 * leave is divided among the others. Answers one share a demand, in the same order.
 */
export function fairShares(demands: readonly number[], total: number): readonly number[] {
  const shares = demands.map(() => 0)
  const order = demands.map((_, index) => index)
  order.sort((one, other) => (demands[one] ?? 0) - (demands[other] ?? 0))
  let left = total
  order.forEach((index, served) => {
    const share = Math.min(demands[index] ?? 0, Math.floor(left / (order.length - served)))
    shares[index] = share
    left -= share
  })
  return shares
}
