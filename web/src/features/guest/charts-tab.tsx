import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Chart, type ChartSeries } from '@/components/chart/chart'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { TimeAgo } from '@/components/time-ago'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import { figuresQuery } from '@/features/guest/queries'
import { figureColumns, figureScale, type GuestSearch, TIMEFRAMES } from '@/features/guest/view'
import type { Guest, GuestFigures } from '@/lib/api/types'
import { formatBytes, formatPercent, formatRate } from '@/lib/format'
import { refOf } from '@/lib/guest-key'
import type { Values } from '@/lib/metrics'

type ChartsProps = { tenant: string; guest: Guest; search: GuestSearch; onSearch: (change: GuestSearch) => void }

/** CPU, memory, disk and network over an hour to a year, with one cross-hair. */
export function ChartsTab({ tenant, guest, search, onSearch }: ChartsProps) {
  const { t } = useTranslation()
  const timeframe = search.time ?? 'hour'
  const consolidation = search.peak ? 'max' : 'average'
  const query = useQuery({
    ...figuresQuery(tenant, refOf(guest), timeframe, consolidation),
    // What is drawn stays until the other time is there.
    placeholderData: old => old,
  })
  const { data } = query
  return (
    <ScrollArea label={t('guest_page.tab_charts')}>
      <div className="flex flex-wrap items-center gap-3 px-6 pt-4 max-md:px-4">
        <Choices
          label={t('guest_page.timeframe')}
          value={timeframe}
          onChange={next => onSearch({ time: next === 'hour' ? undefined : next })}
          choices={TIMEFRAMES.map(value => ({ value, label: t(`guest_page.time_${value}`) }))}
        />
        <Choices
          label={t('guest_page.values')}
          value={consolidation}
          onChange={next => onSearch({ peak: next === 'max' || undefined })}
          choices={[
            { value: 'average', label: t('guest_page.values_average') },
            { value: 'max', label: t('guest_page.values_max') },
          ]}
        />
        {data && (
          <span role="status" className="text-muted text-table">
            {query.isError ? (
              t('guest_page.figures_old')
            ) : (
              <>
                {t('guest_page.newest')} <TimeAgo at={data.times.at(-1)} never={t('guest_page.nothing_yet')} />
              </>
            )}
          </span>
        )}
      </div>
      {query.isPending && <ChartsSkeleton />}
      {query.isError && !data && (
        <LoadFailed
          title={t('guest_page.figures_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {data && <FigureCharts figures={data} />}
    </ScrollArea>
  )
}

function ChartsSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="grid gap-4 p-6 max-md:p-4 xl:grid-cols-2">
      <span className="sr-only">{t('common.loading')}</span>
      {['cpu', 'memory', 'disk', 'network'].map(one => (
        <Skeleton key={one} className="h-[17.75rem] rounded-card" />
      ))}
    </div>
  )
}

const line = (key: string, label: string, values: Values, colour: ChartSeries['colour'], dashed = false) => ({
  key,
  label,
  values,
  colour,
  dashed,
})

function FigureCharts({ figures }: { figures: GuestFigures }) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const columns = useMemo(() => figureColumns(figures), [figures])
  const scale = useMemo(
    () => figureScale(figures.timeframe, columns.times, Date.now()),
    [figures.timeframe, columns.times],
  )
  const lines = useMemo(
    () => ({
      cpu: [line('cpu', t('guest_page.cpu_used'), columns.cpu, 1)],
      memory: [
        line('memory', t('guest_page.memory_used'), columns.memory, 1),
        line('max', t('guest_page.memory_all'), columns.maxMemory, 2, true),
      ],
      disk: [
        line('read', t('guest_page.read'), columns.diskRead, 3),
        line('write', t('guest_page.written'), columns.diskWrite, 2, true),
      ],
      net: [
        line('in', t('guest_page.received'), columns.netIn, 1),
        line('out', t('guest_page.sent'), columns.netOut, 4, true),
      ],
    }),
    [columns, t],
  )
  const cores = columns.maxCpu.findLast(value => value !== null)
  const bytes = (value: number) => formatBytes(value, language)
  const rate = (value: number) => formatRate(value, language)
  const shared = { scale, times: columns.times, sync: 'guest', empty: t('guest_page.no_figures') }
  return (
    <div className="grid gap-4 p-6 max-md:p-4 xl:grid-cols-2">
      <Chart
        {...shared}
        title={cores == null ? t('column.cpu') : `${t('column.cpu')} · ${t('guest_page.cores', { count: cores })}`}
        series={lines.cpu}
        format={value => formatPercent(value / 100, language)}
      />
      <Chart {...shared} title={t('column.memory')} series={lines.memory} format={bytes} binary />
      <Chart {...shared} title={t('guest_page.disk')} series={lines.disk} format={rate} axis={bytes} binary />
      <Chart {...shared} title={t('guest_page.network')} series={lines.net} format={rate} axis={bytes} binary />
    </div>
  )
}
