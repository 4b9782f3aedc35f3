import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Values } from '@/lib/metrics'

/** A chart's drawing, and nothing else of the page: what React does not do. */

type PlotSeries = { values: Values; colour: string; dashed: boolean }

type PlotLook = { text: string; grid: string; ground: string; font: string }

export type PlotOptions = {
  into: HTMLElement
  width: number
  height: number
  times: number[]
  begin: number
  end: number
  series: PlotSeries[]
  /** The top of the scale, where it is always the same. */
  max: number | undefined
  /** The marks of the scale are powers of two. */
  binary: boolean
  look: PlotLook
  /** Charts of one name share their cross-hair. */
  sync: string
  axis: (value: number) => string
  tick: (time: number) => string
  /** Stands beside the newest value of each line; without there is no label. */
  label: ((value: number) => string) | undefined
  onCursor: (index: number | null, left: number) => void
}

export type Plot = {
  setData: (times: number[], values: Values[], begin: number, end: number) => void
  setWidth: (width: number) => void
  /** Puts the cross-hair on a point, here and in the charts beside it; null takes it away. */
  point: (index: number | null) => void
  destroy: () => void
}

/** Points that no line leads to, and the newest one. */
function dotsOf(values: Values): number[] {
  const newest = values.findLastIndex(value => value !== null)
  return values.flatMap((value, index) => {
    if (value === null) return []
    const alone = (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null
    return alone || index === newest ? [index] : []
  })
}

/** The top of the scale where everything is less: marks of less than this could not be told apart. */
const LEAST = 10

/** Steps between marks of bytes: 512 MiB, 1 GiB, 2 GiB. */
const BINARY_STEPS = Array.from({ length: 60 }, (_, power) => 2 ** power)

/** Room at the right for the labels of the newest values, in pixels. */
const LABEL_ROOM = 58
const LABEL_HEIGHT = 14

export function createPlot(options: PlotOptions): Plot {
  const { look, label, series } = options
  let range: [number, number] = [options.begin, options.end]
  const axis = { stroke: look.text, font: look.font, ticks: { show: false } }
  const grid = { stroke: look.grid, width: 1 }
  const plot = new uPlot(
    {
      ms: 1,
      width: options.width,
      height: options.height,
      padding: [8, label ? LABEL_ROOM : 24, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        // The cross-hair stands on a point, not between two.
        move: (u, left, top) => [left < 0 ? left : u.valToPos(u.data[0]?.[u.posToIdx(left)] ?? 0, 'x'), top],
        drag: { setScale: false, x: false, y: false },
        sync: { key: options.sync, setSeries: false },
        points: { size: 8, width: 2, stroke: look.ground, fill: (_, index) => series[index - 1]?.colour ?? look.text },
      },
      scales: {
        x: { range: () => range },
        y: { range: (_, __, most) => [0, options.max ?? Math.max(LEAST, (most ?? 0) * 1.1)] },
      },
      axes: [
        {
          ...axis,
          grid: { show: false },
          space: 64,
          size: 28,
          gap: 6,
          values: (_, splits) => splits.map(options.tick),
        },
        {
          ...axis,
          grid,
          space: 36,
          size: 56,
          gap: 6,
          values: (_, splits) => splits.map(options.axis),
          ...(options.binary && { incrs: BINARY_STEPS }),
        },
      ],
      series: [
        {},
        ...series.map(({ values: _, colour, dashed }) => ({
          stroke: colour,
          width: 2,
          ...(dashed && { dash: [6, 4] }),
          points: {
            show: false,
            size: 6,
            fill: colour,
            filter: (u: uPlot, index: number) => dotsOf(u.data[index] as Values),
          },
        })),
      ],
      hooks: {
        setCursor: [
          u => options.onCursor((u.cursor.left ?? -1) < 0 ? null : (u.cursor.idx ?? null), u.cursor.left ?? -1),
        ],
        draw: label ? [u => drawLabels(u, options, label)] : [],
      },
    },
    [options.times, ...series.map(one => one.values)],
    options.into,
  )
  // The type does not know that the others may be told.
  const setCursor = plot.setCursor as (at: { left: number; top: number }, fire?: boolean, tell?: boolean) => void
  return {
    setData: (times, values, begin, end) => {
      range = [begin, end]
      plot.setData([times, ...values])
    },
    setWidth: width => plot.setSize({ width, height: options.height }),
    point: index => {
      const time = index === null ? undefined : plot.data[0]?.[index]
      const left = time === undefined ? -10 : plot.valToPos(time, 'x')
      setCursor({ left, top: left < 0 ? -10 : 1 }, true, true)
    },
    destroy: () => plot.destroy(),
  }
}

/** The newest value of each line at its end; labels that would lie over each other move apart. */
function drawLabels(u: uPlot, { look, series }: PlotOptions, label: (value: number) => string) {
  const scale = uPlot.pxRatio
  const found = series
    .flatMap(({ colour }, index) => {
      const values = u.data[index + 1] as Values
      const newest = values.findLastIndex(value => value !== null)
      const value = values[newest]
      // An older value at the right end would pass for the newest.
      if (value == null || newest < values.length - 1) return []
      const time = u.data[0]?.[newest] ?? 0
      return [{ colour, text: label(value), x: u.valToPos(time, 'x', true), y: u.valToPos(value, 'y', true) }]
    })
    .sort((a, b) => a.y - b.y)
  const { ctx } = u
  ctx.save()
  ctx.font = look.font.replace(/([\d.]+)px/, (_, size) => `${Number(size) * scale}px`)
  ctx.textAlign = 'left'
  ctx.textBaseline = 'middle'
  ctx.fillStyle = look.text
  let free = Number.NEGATIVE_INFINITY
  for (const { text, x, y } of found) {
    const at = Math.max(y, free)
    ctx.fillText(text, x + 8 * scale, at)
    free = at + LABEL_HEIGHT * scale
  }
  ctx.restore()
}
