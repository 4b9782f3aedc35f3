import type { Action, Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

/** Which guests are selected: their keys, and the row from which a range goes. */
export type Selection = { keys: ReadonlySet<string>; anchor: string | null }

export const NOTHING: Selection = { keys: new Set(), anchor: null }

/** One guest taken in or out. */
export function toggleOne({ keys }: Selection, key: string): Selection {
  const next = new Set(keys)
  if (!next.delete(key)) next.add(key)
  return { keys: next, anchor: key }
}

/** All from the anchor to this row become as the row was not: selected, or not any more. */
export function toggleRange(selection: Selection, rows: Guest[], key: string): Selection {
  const order = rows.map(guestKey)
  const from = order.indexOf(selection.anchor ?? key)
  const to = order.indexOf(key)
  if (from < 0 || to < 0) return toggleOne(selection, key)
  const next = new Set(selection.keys)
  const on = !selection.keys.has(key)
  for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (on) next.add(one)
    else next.delete(one)
  }
  return { keys: next, anchor: key }
}

/** A step with Shift: the row one comes to is added with the one one leaves; on the way back the left one goes. */
export function extendTo({ keys }: Selection, from: string, to: string): Selection {
  const next = new Set(keys)
  if (keys.has(from) && keys.has(to)) next.delete(from)
  else next.add(from).add(to)
  return { keys: next, anchor: to }
}

/** All of these added to what was selected, or taken out when all were in already. */
export function toggleAll({ keys }: Selection, rows: Guest[]): Selection {
  const mine = rows.map(guestKey)
  const next = new Set(keys)
  if (mine.every(key => keys.has(key))) for (const key of mine) next.delete(key)
  else for (const key of mine) next.add(key)
  return { keys: next, anchor: null }
}

export type Sums = { cores: number; memory: number; disk: number }

/** What the guests may use at most, together. */
export function sumsOf(guests: Guest[]): Sums {
  const sums = { cores: 0, memory: 0, disk: 0 }
  for (const { max_cpu, max_memory_bytes, max_disk_bytes } of guests) {
    sums.cores += max_cpu ?? 0
    sums.memory += max_memory_bytes ?? 0
    sums.disk += max_disk_bytes ?? 0
  }
  return sums
}

/** How many of the guests can take the action now. */
export function countAble(guests: Guest[], action: Action): number {
  return guests.filter(guest => guest.may.power && guest.actions.includes(action)).length
}
