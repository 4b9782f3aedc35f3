import { useTranslation } from 'react-i18next'
import type { ChartSeries } from '@/components/chart/chart'
import type { TimeScale } from '@/components/chart/time-scale'
import { ScrollArea } from '@/components/list-state'

type TableProps = {
  title: string
  scale: TimeScale
  times: number[]
  series: ChartSeries[]
  format: (value: number) => string
  height: number
}

/** The numbers of a chart, newest first. */
export function ChartTable({ title, scale, times, series, format, height }: TableProps) {
  const { t, i18n } = useTranslation()
  return (
    <div className="flex flex-col" style={{ height }}>
      <ScrollArea label={title} className="border-t">
        <table aria-label={title} className="w-full text-table">
          <thead className="sticky top-0 bg-raised text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
            <tr className="h-8 [&>th]:px-4 [&>th]:font-medium">
              <th scope="col">{t('chart.time')}</th>
              {series.map(one => (
                <th key={one.key} scope="col" className="max-w-40 truncate text-right" title={one.label}>
                  {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {times
              .map((time, index) => (
                <tr key={time} className="h-7 border-b last:border-b-0 [&>td]:px-4">
                  <td className="nums whitespace-nowrap">{scale.point(time, i18n.language)}</td>
                  {series.map(one => {
                    const value = one.values[index]
                    return (
                      <td key={one.key} className="nums whitespace-nowrap text-right">
                        {value == null ? <span className="text-muted">–</span> : format(value)}
                      </td>
                    )
                  })}
                </tr>
              ))
              .reverse()}
          </tbody>
        </table>
      </ScrollArea>
    </div>
  )
}
