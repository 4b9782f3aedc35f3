import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Chart } from '@/components/chart/chart'
import type { PlotOptions } from '@/components/chart/plot'
import { pathOf } from '@/components/chart/sparkline'
import { metricScale } from '@/components/chart/time-scale'
import { renderPage } from '@/lib/test-render'

const plots = vi.hoisted(() => ({ last: null as PlotOptions | null, data: [] as unknown[] }))

/** There is no canvas here: what is drawn is what the drawing is asked for. */
vi.mock('@/components/chart/plot', () => ({
  createPlot: (options: PlotOptions) => {
    plots.last = options
    return {
      setData: (times: number[], values: unknown) => plots.data.push([times, values]),
      setWidth: () => undefined,
      point: (index: number | null) => options.onCursor(index, 10),
      destroy: () => undefined,
    }
  },
}))

beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(private readonly told: (entries: unknown[]) => void) {}
      observe() {
        this.told([{ contentRect: { width: 500 } }])
      }
      disconnect() {}
    },
  )
})
afterEach(() => vi.unstubAllGlobals())

const HOUR = 3_600_000
const start = Date.parse('2026-01-05T10:00:00')
const times = [start, start + HOUR, start + 2 * HOUR]
const series = [
  { key: 'average', label: 'Average', values: [40, null, 60], colour: 1 as const },
  { key: 'p95', label: 'p95', values: [80, null, 90], colour: 2 as const },
]
const chart = (values = series) => (
  <Chart
    title="Response time"
    scale={metricScale('hour', times)}
    times={times}
    series={values}
    format={value => `${value} ms`}
    sync="x"
  />
)

it('labels the newest value, and reads values out for the arrow keys', async () => {
  await renderPage(chart())
  expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual(['Average60 ms', 'p9590 ms'])
  const slider = screen.getByRole('slider', { name: 'Values of Response time' })
  expect(slider.getAttribute('aria-valuetext')).toBe('Mon 12:00: Average 60 ms, p95 90 ms')
  slider.focus()
  await userEvent.keyboard('{ArrowLeft}')
  expect(slider.getAttribute('aria-valuetext')).toBe('Mon 11:00: Average –, p95 –')
  await userEvent.keyboard('{Home}')
  expect(slider.getAttribute('aria-valuetext')).toBe('Mon 10:00: Average 40 ms, p95 80 ms')
  expect(screen.getAllByRole('listitem')[0]?.textContent).toBe('Average40 ms')
  await userEvent.keyboard('{Escape}')
  expect(screen.getAllByRole('listitem')[0]?.textContent).toBe('Average60 ms')
})

it('draws gaps, up to the hour of now', async () => {
  await renderPage(chart())
  expect(plots.last?.series[0]?.values).toEqual([40, null, 60])
  expect(plots.last?.end).toBe(Math.floor(Date.now() / HOUR) * HOUR)
})

it('has the same numbers as a table, newest first', async () => {
  await renderPage(chart())
  await userEvent.click(screen.getByRole('button', { name: 'Show as table: Response time' }))
  const rows = within(screen.getByRole('table', { name: 'Response time' })).getAllByRole('row')
  expect(rows.map(row => row.textContent)).toEqual([
    'TimeAveragep95',
    'Mon 12:0060 ms90 ms',
    'Mon 11:00––',
    'Mon 10:0040 ms80 ms',
  ])
  await userEvent.click(screen.getByRole('button', { name: 'Show as chart: Response time' }))
  expect(screen.getByRole('slider')).toBeTruthy()
})

it('says so when nothing was measured', async () => {
  await renderPage(chart(series.map(one => ({ ...one, values: [null, null, null] }))))
  expect(screen.getByText('No checks in this time yet.')).toBeTruthy()
})

it('breaks the small line where values are missing, and dots what stands alone', () => {
  const same = (value: number) => value
  expect(pathOf([1, 2, null, 4, null], same, same)).toBe('M0.0 1.0L1.0 2.0M3.0 4.0L3.0 4.0')
})
