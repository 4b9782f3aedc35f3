import { cn } from '@/lib/cn'
import type { Values } from '@/lib/metrics'

type SparklineProps = {
  values: Values
  /** What a reader hears instead. */
  label: string
  className?: string
}

const WIDTH = 96
const HEIGHT = 24
/** Room for the line's own width and the dot at its end. */
const EDGE = 3

/** A line in the size of a word, from zero up; a gap where nothing is known. */
export function Sparkline({ values, label, className }: SparklineProps) {
  const most = Math.max(1, ...values.map(value => value ?? 0))
  const x = (index: number) => EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(1, values.length - 1)
  const y = (value: number) => HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE)
  const newest = values.findLastIndex(value => value !== null)
  const last = values[newest]
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={cn('h-6 w-24 shrink-0 text-[hsl(var(--chart-1))]', className)}
    >
      <title>{label}</title>
      <line x1={EDGE} x2={WIDTH - EDGE} y1={HEIGHT - 1} y2={HEIGHT - 1} className="stroke-border" />
      <path
        d={pathOf(values, x, y)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {last != null && <circle cx={x(newest)} cy={y(last)} r="2" fill="currentColor" />}
    </svg>
  )
}

/** A point that stands alone becomes a dot, since the ends of a line are round. */
export function pathOf(values: Values, x: (index: number) => number, y: (value: number) => number): string {
  let path = ''
  values.forEach((value, index) => {
    if (value === null) return
    const start = (values[index - 1] ?? null) === null
    const at = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    path += start ? `M${at}${(values[index + 1] ?? null) === null ? `L${at}` : ''}` : `L${at}`
  })
  return path
}
