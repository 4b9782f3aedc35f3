import type { Action, BulkCounts, BulkGuest, Guest, GuestStatus } from '@/lib/api/types'
import { guestKey, keyOf } from '@/lib/guest-key'

/** How many guests one action takes at most. */
export const MOST_GUESTS = 1000
export const PER_SERVER = 4
export const MOST_PER_SERVER = 10

export type Plan = {
  /** Those on which it is possible now, by state. */
  groups: { status: GuestStatus; guests: Guest[] }[]
  able: Guest[]
  /** Those that are left out. */
  unable: Guest[]
  servers: number
}

const ORDER: GuestStatus[] = ['running', 'paused', 'stopped', 'unknown']

/** Who takes part in an action as things stand; the server asks again when a guest's turn comes. */
export function planOf(action: Action, guests: Guest[]): Plan {
  const able = guests.filter(guest => guest.may.power && guest.actions.includes(action))
  const taking = new Set(able)
  const unable = guests.filter(guest => !taking.has(guest))
  const groups = ORDER.map(status => ({ status, guests: able.filter(guest => guest.status === status) }))
  return {
    groups: groups.filter(group => group.guests.length > 0),
    able,
    unable,
    servers: new Set(able.map(guest => guest.server.id)).size,
  }
}

/** How many have come to an end. */
export function doneOf({ ok, failed, refused, skipped }: BulkCounts): number {
  return ok + failed + refused + skipped
}

export function totalOf(counts: BulkCounts): number {
  return doneOf(counts) + counts.waiting + counts.running
}

/** What somebody may want to look after. */
export function isTrouble({ state }: BulkGuest): boolean {
  return state === 'failed' || state === 'refused' || state === 'skipped'
}

/** The guests where it did not work, as they are now; those that are gone are no more in the list. */
export function retryable(results: BulkGuest[], guests: Guest[]): Guest[] {
  const wanted = new Set(results.filter(isTrouble).map(result => keyOf(result.guest)))
  return wanted.size === 0 ? [] : guests.filter(guest => wanted.has(guestKey(guest)))
}
