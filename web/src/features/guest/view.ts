import type { GuestTab } from '@/lib/guest-tabs'

/** What the address of a guest's page says, and what follows from it. No React. */

export const TIMEFRAMES = ['hour', 'day', 'week', 'month', 'year'] as const

export type GuestSearch = {
  tab?: GuestTab | undefined
  /** An hour where it is not there. */
  time?: (typeof TIMEFRAMES)[number] | undefined
  /** The highest values instead of averages. */
  peak?: boolean | undefined
}
