import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart } from '@/components/chart/chart'
import { metricScale } from '@/components/chart/time-scale'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import type { MetricPoint, MetricSpan } from '@/lib/api/types'
import { formatMilliseconds, formatSuccess } from '@/lib/format'
import { columnsOf } from '@/lib/metrics'

type MetricChartsProps = {
  span: MetricSpan
  points: MetricPoint[]
  /** Where several servers are one line, the p95 is that of the slowest. */
  several?: boolean
}

/** Response time and success rate of the same checks, with one cross-hair. */
export function MetricCharts({ span, points, several }: MetricChartsProps) {
  const { t, i18n } = useTranslation()
  const columns = useMemo(() => columnsOf(points, span), [points, span])
  const p95 = several ? t('metrics.percentile_slowest') : t('metrics.percentile')
  const average = t('metrics.average')
  const success = t('metrics.success')
  const response = useMemo(
    () => [
      { key: 'average', label: average, values: columns.average, colour: 1 as const },
      { key: 'p95', label: p95, values: columns.p95, colour: 2 as const, dashed: true },
    ],
    [columns, average, p95],
  )
  const rate = useMemo(
    () => [{ key: 'success', label: success, values: columns.success, colour: 3 as const }],
    [columns, success],
  )
  const shared = { scale: metricScale(span, columns.times), times: columns.times, sync: 'metrics' }
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <Chart
        {...shared}
        title={t('metrics.response')}
        series={response}
        format={value => formatMilliseconds(value, i18n.language)}
        axis={value => (value === 0 ? '0' : formatMilliseconds(value, i18n.language))}
      />
      <Chart
        {...shared}
        title={t('metrics.success')}
        series={rate}
        max={100}
        format={value => formatSuccess(value, i18n.language)}
      />
    </div>
  )
}

/** The room of the two charts while they come. */
export function MetricChartsSkeleton() {
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <Skeleton className="h-[17.75rem] rounded-card" />
      <Skeleton className="h-[17.75rem] rounded-card" />
    </div>
  )
}

export function SpanChoice({ span, onSpan }: { span: MetricSpan; onSpan: (span: MetricSpan) => void }) {
  const { t } = useTranslation()
  return (
    <Choices
      label={t('metrics.span')}
      value={span}
      onChange={onSpan}
      choices={[
        { value: 'hour', label: t('metrics.span_hour') },
        { value: 'day', label: t('metrics.span_day') },
      ]}
    />
  )
}
