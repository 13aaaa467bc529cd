/**
 * A line without axes beside a number: how it came to be. The number says it to those who listen.
 */
interface SparklineProps {
  readonly values: readonly number[]
}

const HEIGHT = 100

export function Sparkline({ values }: SparklineProps) {
  if (values.length < 2) return null
  const highest = Math.max(...values, 0)
  const lowest = Math.min(...values, 0)
  const range = highest - lowest || 1
  const points = values.map((value, at) => {
    return `${at},${(HEIGHT - ((value - lowest) / range) * HEIGHT).toFixed(2)}`
  })
  const width = values.length - 1
  return (
    <svg
      aria-hidden="true"
      className="sparkline"
      preserveAspectRatio="none"
      viewBox={`0 0 ${width} ${HEIGHT}`}
    >
      <path className="area" d={`M0,${HEIGHT}L${points.join('L')}L${width},${HEIGHT}Z`} />
      <path className="line" d={`M${points.join('L')}`} />
    </svg>
  )
}
