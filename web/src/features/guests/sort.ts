import type { Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

const SORTABLE = [
  'status',
  'name',
  'vmid',
  'type',
  'place',
  'node',
  'pool',
  'cpu',
  'memory',
  'disk',
  'network',
  'io',
  'uptime',
  'ha',
  'lock',
] as const
export type SortColumn = (typeof SORTABLE)[number]
export type Sort = { column: SortColumn; descending: boolean }

export const DEFAULT_SORT = 'name'

/** What cards can be ordered by. */
export const CARD_SORTS: readonly string[] = ['name', 'status', 'vmid', 'place', '-cpu', '-memory', '-uptime']

/** Where the greatest is what one looks for. */
const NUMBERS: readonly SortColumn[] = ['cpu', 'memory', 'disk', 'network', 'io', 'uptime']

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
  return { column, descending: NUMBERS.includes(column) }
}

const STATUS_ORDER = { running: 0, paused: 1, stopped: 2, unknown: 3 } as const
const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/**
 * The place of each text in the order in which people count. Comparing as people do costs far more than comparing
 * numbers, and texts hardly ever change while the figures of ten thousand guests do: so it is done once.
 */
class Ranks {
  #ranks = new Map<string, number>()

  of(texts: string[]): ReadonlyMap<string, number> {
    if (texts.some(text => !this.#ranks.has(text))) this.#ranks = rank(new Set(texts))
    return this.#ranks
  }
}

function rank(texts: Set<string>): Map<string, number> {
  const ranks = new Map<string, number>()
  let last: string | undefined
  let place = -1
  for (const text of [...texts].sort(collator.compare)) {
    if (last === undefined || collator.compare(last, text) !== 0) place += 1
    ranks.set(text, place)
    last = text
  }
  return ranks
}

const nameRanks = new Ranks()
const textRanks = new Ranks()

/** Sums of what is known; nothing where nothing is. */
const sum = (a: number | null | undefined, b: number | null | undefined) =>
  a == null && b == null ? -1 : (a ?? 0) + (b ?? 0)

const NUMBER: Partial<Record<SortColumn, (guest: Guest) => number>> = {
  status: guest => STATUS_ORDER[guest.status],
  vmid: guest => guest.vmid,
  cpu: guest => guest.cpu ?? -1,
  memory: guest => guest.memory_bytes ?? -1,
  disk: guest => guest.max_disk_bytes ?? -1,
  network: guest => sum(guest.net_in, guest.net_out),
  io: guest => sum(guest.disk_read, guest.disk_write),
  uptime: guest => guest.uptime_seconds ?? -1,
}

const TEXT: Partial<Record<SortColumn, (guest: Guest) => string>> = {
  type: guest => guest.type,
  place: guest => `${guest.server.name}\n${guest.node ?? ''}`,
  node: guest => guest.node ?? '',
  pool: guest => guest.pool ?? '',
  ha: guest => guest.ha_state ?? '',
  lock: guest => guest.lock ?? '',
}

type Row = { guest: Guest; value: number; name: number }

/** Sorted copies; equals stand by name and then by vmid, so that the order is always the same. */
export function sortGuests(guests: Guest[], { column, descending }: Sort): Guest[] {
  const sign = descending ? -1 : 1
  const names = nameRanks.of(guests.map(guest => guest.name))
  const number = NUMBER[column]
  const text = TEXT[column]
  const ranks = text && textRanks.of(guests.map(text))
  const rows = guests.map((guest): Row => {
    const name = names.get(guest.name) ?? 0
    return { guest, name, value: text ? (ranks?.get(text(guest)) ?? 0) : number ? number(guest) : name }
  })
  rows.sort(
    (a, b) =>
      sign * (a.value - b.value) ||
      a.name - b.name ||
      a.guest.vmid - b.guest.vmid ||
      collator.compare(guestKey(a.guest), guestKey(b.guest)),
  )
  return rows.map(row => row.guest)
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
