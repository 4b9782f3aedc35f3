import type { Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

const SORTABLE = ['status', 'name', 'vmid', 'type', 'place', 'cpu', 'memory', 'uptime'] as const
export type SortColumn = (typeof SORTABLE)[number]
export type Sort = { column: SortColumn; descending: boolean }

export const DEFAULT_SORT = 'name'

/** "-cpu" is CPU, greatest first. What is not known sorts by name. */
export function parseSort(text: string | undefined): Sort {
  const descending = text?.startsWith('-') ?? false
  const name = descending ? text?.slice(1) : text
  const column = SORTABLE.find(known => known === name)
  return column ? { column, descending } : { column: 'name', descending: false }
}

export function formatSort({ column, descending }: Sort): string {
  return descending ? `-${column}` : column
}

/** A click on a head: first that column (numbers greatest first), then the other way round. */
export function nextSort(current: Sort, column: SortColumn): Sort {
  if (current.column === column) return { column, descending: !current.descending }
  return { column, descending: column === 'cpu' || column === 'memory' || column === 'uptime' }
}

const STATUS_ORDER = { running: 0, paused: 1, stopped: 2, unknown: 3 } as const
const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

function compare(a: Guest, b: Guest, column: SortColumn): number {
  switch (column) {
    case 'status':
      return STATUS_ORDER[a.status] - STATUS_ORDER[b.status]
    case 'name':
      return names.compare(a.name, b.name)
    case 'vmid':
      return a.vmid - b.vmid
    case 'type':
      return names.compare(a.type, b.type)
    case 'place':
      return names.compare(a.server.name, b.server.name) || names.compare(a.node ?? '', b.node ?? '')
    case 'cpu':
      return (a.cpu ?? -1) - (b.cpu ?? -1)
    case 'memory':
      return (a.memory_bytes ?? -1) - (b.memory_bytes ?? -1)
    case 'uptime':
      return (a.uptime_seconds ?? -1) - (b.uptime_seconds ?? -1)
  }
}

/** Sorted copies; equals stand by name and then by vmid, so that the order is always the same. */
export function sortGuests(guests: Guest[], { column, descending }: Sort): Guest[] {
  const sign = descending ? -1 : 1
  return [...guests].sort(
    (a, b) =>
      sign * compare(a, b, column) ||
      names.compare(a.name, b.name) ||
      a.vmid - b.vmid ||
      names.compare(guestKey(a), guestKey(b)),
  )
}

/** The rows in an order held from before; what came since stands at the end. */
export function holdOrder(sorted: Guest[], held: readonly string[]): Guest[] {
  const place = new Map(held.map((key, index) => [key, index]))
  const last = held.length
  const ranked = sorted.map((guest, index) => ({ guest, rank: place.get(guestKey(guest)) ?? last + index }))
  return ranked.sort((a, b) => a.rank - b.rank).map(({ guest }) => guest)
}

/** How many rows would have to move to bring `shown` into the order of `sorted`. */
export function countMoves(shown: Guest[], sorted: Guest[]): number {
  const place = new Map(sorted.map((guest, index) => [guest, index]))
  // Length of the longest run that is in order already.
  const tails: number[] = []
  for (const guest of shown) {
    const rank = place.get(guest) ?? 0
    let low = 0
    let high = tails.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((tails[middle] ?? 0) < rank) low = middle + 1
      else high = middle
    }
    tails[low] = rank
  }
  return shown.length - tails.length
}
