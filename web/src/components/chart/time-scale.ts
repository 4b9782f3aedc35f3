import type { MetricSpan } from '@/lib/api/types'
import { formatPointTime, formatTick } from '@/lib/format'
import { currentPoint, lengthOf, STEP } from '@/lib/metrics'

/** The time axis of a chart. */
export type TimeScale = {
  /** Another name is another drawing. */
  name: string
  /** First and last point that there could be, in milliseconds. */
  begin: number
  end: number
  /** A mark on the axis. */
  tick: (time: number, language: string) => string
  /** What a point stands for. */
  point: (time: number, language: string) => string
}

/** The axis of checks' figures: it ends now also where the newest point is old, what is missing until then is a gap. */
export function metricScale(span: MetricSpan, times: number[]): TimeScale {
  const end = Math.max(times.at(-1) ?? 0, currentPoint(span))
  return {
    name: span,
    begin: Math.min(times[0] ?? end, end - lengthOf(span) + STEP[span]),
    end,
    tick: (time, language) => formatTick(time, span, language),
    point: (time, language) => formatPointTime(time, span, language),
  }
}
