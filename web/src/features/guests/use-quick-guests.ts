import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { parseSort, sortGuests } from '@/features/guests/sort'
import { favouritesQuery, recentGuestsQuery } from '@/lib/api/favourite-queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, GuestRef } from '@/lib/api/types'
import { guestKey, keyOf } from '@/lib/guest-key'

export const QUICK = ['first', 'favourites', 'recent'] as const
export type Quick = (typeof QUICK)[number]

const FIRST = 5
/** Favourites are few and chosen, so more of them show. */
const MOST = { first: FIRST, favourites: 10, recent: FIRST }

/** The guests of one choice, or undefined while they are not known; and the question that they hang on, if any. */
export function useQuickGuests(tenant: string, which: Quick) {
  const list = useQuery(guestsQuery(tenant)).data?.guests
  const favourites = useQuery({ ...favouritesQuery(tenant), enabled: which === 'favourites' })
  const recents = useQuery({ ...recentGuestsQuery(tenant), enabled: which === 'recent' })
  const refs = which === 'favourites' ? favourites.data : recents.data?.map(recent => recent.guest)
  const guests = useMemo(() => {
    if (!list) return undefined
    if (which === 'first') return firstOf(list)
    if (!refs) return undefined
    const found = pick(list, refs)
    return (which === 'favourites' ? sortGuests(found, parseSort(undefined)) : found).slice(0, MOST[which])
  }, [list, refs, which])
  const query = which === 'favourites' ? favourites : which === 'recent' ? recents : undefined
  return { guests, query }
}

/** The first guests by name that run or could. */
function firstOf(list: Guest[]): Guest[] {
  const usable = list.filter(guest => !guest.template && guest.status !== 'unknown')
  return sortGuests(usable, parseSort(undefined)).slice(0, MOST.first)
}

/** The guests in the order of their keys; those that are gone are left out. */
function pick(list: Guest[], refs: GuestRef[]): Guest[] {
  const wanted = new Set(refs.map(keyOf))
  const known = new Map(list.filter(guest => wanted.has(guestKey(guest))).map(guest => [guestKey(guest), guest]))
  return refs.flatMap(ref => known.get(keyOf(ref)) ?? [])
}
