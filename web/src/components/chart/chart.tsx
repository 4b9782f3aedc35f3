import { ChartSpline, Table2 } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ChartTable } from '@/components/chart/chart-table'
import { createPlot, type Plot } from '@/components/chart/plot'
import { useDark, useWidth } from '@/components/chart/surroundings'
import type { TimeScale } from '@/components/chart/time-scale'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import type { Values } from '@/lib/metrics'

/** A line of a chart. `colour` is one of the tokens chart-1 to chart-6. */
export type ChartSeries = {
  key: string
  label: string
  values: Values
  colour: 1 | 2 | 3 | 4 | 5 | 6
  dashed?: boolean
}

type ChartProps = {
  title: string
  /** What the lines say exactly, where that is not plain. */
  hint?: string
  scale: TimeScale
  /** When each point begins, in milliseconds. */
  times: number[]
  series: ChartSeries[]
  format: (value: number) => string
  /** The same for the scale, where it is another. */
  axis?: (value: number) => string
  /** The top of the scale, where it is always the same. */
  max?: number
  /** The marks of the scale are powers of two: bytes. */
  binary?: boolean
  /** What stands there where nothing was measured. */
  empty?: string
  /** Charts of one name share their cross-hair. */
  sync: string
  /** Right of the title. */
  actions?: ReactNode
}

const HEIGHT = 208

/**
 * Lines over time. The cross-hair follows pointer and arrow keys and is shared with the charts beside it; the same
 * numbers are there as a table.
 */
export function Chart({ title, hint, actions, empty, ...rest }: ChartProps) {
  const { t } = useTranslation()
  const [table, setTable] = useState(false)
  const id = useId()
  const Icon = table ? ChartSpline : Table2
  const label = table ? t('chart.as_chart') : t('chart.as_table')
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col rounded-card border bg-raised">
      <div className="flex min-h-11 flex-wrap items-center gap-x-3 px-4 pt-2">
        <h2 id={id} className="font-medium">
          {title}
        </h2>
        <div className="ml-auto flex items-center gap-2">
          {actions}
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`${label}: ${title}`}
            title={label}
            onClick={() => setTable(!table)}
            className="text-muted"
          >
            <Icon className="size-4" aria-hidden />
          </Button>
        </div>
      </div>
      {hint && <p className="px-4 text-muted text-table">{hint}</p>}
      {table ? (
        <ChartTable title={title} {...rest} height={HEIGHT + LEGEND} />
      ) : (
        <Lines title={title} {...rest} empty={empty ?? t('chart.empty')} />
      )}
    </section>
  )
}

/** The line of names under the title. */
const LEGEND = 28

type LinesProps = Omit<ChartProps, 'hint' | 'actions'> & { empty: string }
type Cursor = { index: number; left: number }

function Lines({ title, empty, ...chart }: LinesProps) {
  const { t, i18n } = useTranslation()
  const { times, series, scale, format } = chart
  const blank = series.every(one => one.values.every(value => value === null))
  const [cursor, setCursor] = useState<Cursor | null>(null)
  /** Whether it is this chart that the person points at: the others only show the cross-hair. */
  const [active, setActive] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const plot = usePlot(box, chart, setCursor)
  const index = Math.min(cursor?.index ?? times.length - 1, times.length - 1)
  const values = (at: number) => series.map(one => `${one.label} ${said(one.values[at], format)}`).join(', ')
  const time = times[index]
  const onKeyDown = (event: KeyboardEvent) => {
    const to = keyTarget(event.key, index, times.length)
    if (to === undefined) return
    event.preventDefault()
    plot.current?.point(to)
  }
  return (
    <>
      <Legend series={series} index={cursor ? index : null} format={format} />
      <div className="relative px-2" style={{ height: HEIGHT }}>
        <div
          ref={box}
          role="slider"
          tabIndex={0}
          aria-label={t('chart.points_of', { title })}
          aria-valuemin={0}
          aria-valuemax={Math.max(0, times.length - 1)}
          aria-valuenow={Math.max(0, index)}
          aria-valuetext={blank || time === undefined ? empty : `${scale.point(time, i18n.language)}: ${values(index)}`}
          onKeyDown={onKeyDown}
          onFocus={event => {
            if (!event.currentTarget.matches(':focus-visible')) return
            setActive(true)
            plot.current?.point(index)
          }}
          onBlur={() => {
            setActive(false)
            plot.current?.point(null)
          }}
          onPointerEnter={() => setActive(true)}
          onPointerLeave={() => setActive(false)}
          className="rounded-control -outline-offset-2 [&_.u-cursor-x]:border-muted!"
        />
        {blank && series.length > 0 && (
          <p className="pointer-events-none absolute inset-0 grid place-items-center pb-6 text-muted text-table">
            {empty}
          </p>
        )}
        {active && cursor && time !== undefined && (
          <Tip left={cursor.left} box={box}>
            <div className="nums mb-1 text-muted">{scale.point(time, i18n.language)}</div>
            {series.map(one => (
              <div key={one.key} className="flex items-center gap-2">
                <Swatch series={one} />
                <span className="min-w-0 truncate">{one.label}</span>
                <span className="nums ml-auto whitespace-nowrap pl-3 font-medium">
                  {said(one.values[index], format)}
                </span>
              </div>
            ))}
          </Tip>
        )}
      </div>
    </>
  )
}

function said(value: number | null | undefined, format: (value: number) => string): string {
  return value == null ? '–' : format(value)
}

/** Where a key leads to: null is away from all points, undefined nowhere. */
function keyTarget(key: string, index: number, count: number): number | null | undefined {
  if (count === 0) return undefined
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return Math.max(0, index - 1)
    case 'ArrowRight':
    case 'ArrowUp':
      return Math.min(count - 1, index + 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    case 'Escape':
      return null
    default:
      return undefined
  }
}

/** Draws, and draws again when the data, the room or the theme is another. */
function usePlot(
  box: RefObject<HTMLDivElement | null>,
  { times, series, scale, format, axis = format, max, binary = false, sync }: Omit<ChartProps, 'title' | 'empty'>,
  onCursor: (cursor: Cursor | null) => void,
) {
  const { i18n } = useTranslation()
  const plot = useRef<Plot | null>(null)
  const width = useWidth(box)
  const dark = useDark()
  const { begin, end } = scale
  const latest = { times, series, scale, format, axis, begin, end, onCursor, width, language: i18n.language }
  const now = useRef(latest)
  now.current = latest
  // Another number of lines or other colours are another drawing; other values are not.
  const lines = series.map(one => `${one.key} ${one.colour} ${one.dashed ?? false}`).join()
  const ready = width > 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: `lines` and `dark` stand for what is read when they change
  useEffect(() => {
    const into = box.current
    if (!into || !ready) return
    const { series: drawn, ...rest } = now.current
    const style = getComputedStyle(document.documentElement)
    const colour = (token: string) => `hsl(${style.getPropertyValue(`--${token}`)})`
    plot.current = createPlot({
      into,
      width: rest.width,
      height: HEIGHT,
      times: rest.times,
      begin: rest.begin,
      end: rest.end,
      series: drawn.map(one => ({
        values: one.values,
        colour: colour(`chart-${one.colour}`),
        dashed: one.dashed ?? false,
      })),
      max,
      binary,
      look: {
        text: colour('muted'),
        grid: colour('border'),
        ground: colour('raised'),
        font: `12px ${getComputedStyle(into).fontFamily}`,
      },
      sync,
      axis: value => now.current.axis(value),
      tick: time => now.current.scale.tick(time, now.current.language),
      label: drawn.length < 3 ? value => now.current.axis(value) : undefined,
      onCursor: (index, left) => now.current.onCursor(index === null ? null : { index, left }),
    })
    return () => {
      plot.current?.destroy()
      plot.current = null
    }
  }, [box, ready, lines, dark, scale.name, max, binary, sync, i18n.language])
  useEffect(() => {
    if (width > 0) plot.current?.setWidth(width)
  }, [width])
  useEffect(
    () =>
      plot.current?.setData(
        times,
        series.map(one => one.values),
        begin,
        end,
      ),
    [times, series, begin, end],
  )
  return plot
}

/** The names of the lines with the newest value, or with that under the cross-hair. */
function Legend({ series, index, format }: Pick<ChartProps, 'series' | 'format'> & { index: number | null }) {
  return (
    <ul className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-0.5 px-4 text-table">
      {series.map(one => {
        const value = index === null ? one.values.findLast(known => known !== null) : one.values[index]
        return (
          <li key={one.key} className="flex min-w-0 max-w-full items-center gap-1.5">
            <Swatch series={one} />
            <span className="min-w-0 truncate text-muted" title={one.label}>
              {one.label}
            </span>
            <span className="nums font-medium">{said(value, format)}</span>
          </li>
        )
      })}
    </ul>
  )
}

/** The line in small: its colour, and whether it is dashed. */
function Swatch({ series: { colour, dashed } }: { series: ChartSeries }) {
  return (
    <svg aria-hidden width="16" height="8" className="shrink-0" style={{ color: `hsl(var(--chart-${colour}))` }}>
      <line
        x1="1"
        x2="15"
        y1="4"
        y2="4"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={dashed ? '4 5' : undefined}
      />
    </svg>
  )
}

const TIP = 'pointer-events-none absolute top-2 z-10 min-w-36 max-w-72 rounded-control border bg-raised'

/** Beside the cross-hair, on the side that has more room. */
function Tip({ left, box, children }: { left: number; box: RefObject<HTMLDivElement | null>; children: ReactNode }) {
  const over = box.current?.querySelector<HTMLElement>('.u-over')
  const start = (over?.offsetLeft ?? 0) + 8
  const width = box.current?.clientWidth ?? 0
  const right = start + left > width / 2
  const style = right ? { right: width - start - left + 8 + 12 } : { left: start + left + 12 }
  return (
    <div aria-hidden style={style} className={cn(TIP, 'px-2.5 py-1.5 text-table shadow-float')}>
      {children}
    </div>
  )
}
