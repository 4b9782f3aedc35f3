import type { TimeScale } from '@/components/chart/time-scale'
import type { GuestAddresses, GuestFigures, Timeframe } from '@/lib/api/types'
import type { EndReason } from '@/lib/console-reasons'
import { formatAxisPoint, formatAxisTime } from '@/lib/format'
import type { GuestTab } from '@/lib/guest-tabs'
import type { Values } from '@/lib/metrics'

/** What the address of a guest's page says, and what PVE's answers mean. No React. */

export const TIMEFRAMES = ['hour', 'day', 'week', 'month', 'year'] as const satisfies Timeframe[]

export type GuestSearch = {
  tab?: GuestTab | undefined
  /** An hour where it is not there. */
  time?: Timeframe | undefined
  /** The highest values instead of averages. */
  peak?: boolean | undefined
  /** Only consoles that are open. */
  open?: boolean | undefined
  /** Consoles of this person, and those that ended so. */
  person?: string | undefined
  cause?: EndReason | undefined
}

const HOUR = 3_600_000
const LENGTH: Record<Timeframe, number> = {
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  month: 30 * 24 * HOUR,
  year: 365 * 24 * HOUR,
}
const UNIT = { hour: 'minute', day: 'minute', week: 'day', month: 'day', year: 'month' } as const

/** Figures as charts draw them; where PVE wrote nothing there is a gap. */
export function figureColumns(figures: GuestFigures) {
  const times = figures.times.map(time => Date.parse(time))
  const values = (list: GuestFigures['cpu']): Values => times.map((_, index) => list[index] ?? null)
  return {
    times,
    /** In percent of the guest's cores. */
    cpu: values(figures.cpu).map(share => (share === null ? null : share * 100)),
    maxCpu: values(figures.max_cpu),
    memory: values(figures.memory_bytes),
    maxMemory: values(figures.max_memory_bytes),
    diskRead: values(figures.disk_read),
    diskWrite: values(figures.disk_write),
    netIn: values(figures.net_in),
    netOut: values(figures.net_out),
  }
}

/** The axis of a guest's charts: all of the time that was asked for, up to the newest point. */
export function figureScale(timeframe: Timeframe, times: number[], now: number): TimeScale {
  const end = times.at(-1) ?? now
  const unit = UNIT[timeframe]
  return {
    name: timeframe,
    begin: Math.min(times[0] ?? end, end - LENGTH[timeframe]),
    end,
    tick: (time, language) => formatAxisTime(time, unit, language),
    point: (time, language) => formatAxisPoint(time, unit, language),
  }
}

export type AddressRow = { address: string; card: string }

/** The addresses in the order of the guest's cards; those that hold on the wire alone come last. */
export function addressRows({ interfaces }: GuestAddresses): AddressRow[] {
  const rows = interfaces.flatMap(({ name, addresses }) =>
    [...addresses].sort((a, b) => a.family - b.family).map(({ address }) => ({ address, card: name })),
  )
  return rows.sort((a, b) => Number(isLocal(a.address)) - Number(isLocal(b.address)))
}

function isLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address) || address.startsWith('169.254.')
}
