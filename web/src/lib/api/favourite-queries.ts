import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Guest, GuestRef, RecentGuest } from '@/lib/api/types'
import { keyOf, refOf } from '@/lib/guest-key'

/** The guests that a person has marked or used: their own, not anybody else's. */

export const favouritesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.favourites(tenant),
    queryFn: async ({ signal }): Promise<GuestRef[]> => {
      const path = { tenant }
      const list = await unwrap(http.GET('/api/v1/tenants/{tenant}/favourites', { params: { path }, signal }))
      return list.guests
    },
  })

export const recentGuestsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.recentGuests(tenant),
    queryFn: async ({ signal }): Promise<RecentGuest[]> => {
      const path = { tenant }
      const list = await unwrap(http.GET('/api/v1/tenants/{tenant}/recent-guests', { params: { path }, signal }))
      return list.guests
    },
  })

/** The keys of marked guests, for lists that ask for each row. */
export const favouriteKeys = (guests: GuestRef[]): ReadonlySet<string> => new Set(guests.map(keyOf))

const FAVOURITE = '/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/favourite'

/** Marks a guest, or takes the mark away. It shows at once, and goes back where the server refuses. */
export function useFavourite(tenant: string) {
  const client = useQueryClient()
  const queryKey = keys.favourites(tenant)
  return useMutation({
    mutationFn: ({ guest, on }: { guest: Guest; on: boolean }) => {
      const params = { path: { tenant, ...refOf(guest) } }
      return unwrap<unknown>(on ? http.PUT(FAVOURITE, { params }) : http.DELETE(FAVOURITE, { params }))
    },
    onMutate: async ({ guest, on }) => {
      await client.cancelQueries({ queryKey })
      setFavourite(refOf(guest), on)
    },
    onError: (_error, { guest, on }) => setFavourite(refOf(guest), !on),
  })

  function setFavourite(guest: GuestRef, on: boolean) {
    client.setQueryData<GuestRef[]>(queryKey, list => {
      const others = list?.filter(other => keyOf(other) !== keyOf(guest))
      return on ? others && [...others, guest] : others
    })
  }
}
