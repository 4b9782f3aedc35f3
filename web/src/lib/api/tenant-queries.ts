import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Guest, GuestList } from '@/lib/api/types'

/** Lists of one tenant that more than one feature shows or chooses from. */

const PAGE = 1000

/** All guests of one tenant, page by page. Server-sent events keep the list; nothing polls. */
export const guestsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.guests(tenant),
    // Events put in what has changed and leave the rest as it is; comparing ten thousand each time would find nothing.
    structuralSharing: false,
    queryFn: async ({ signal }): Promise<GuestList> => {
      const guests: Guest[] = []
      let cursor: string | undefined
      for (;;) {
        const page = await unwrap(
          http.GET('/api/v1/tenants/{tenant}/guests', {
            params: { path: { tenant }, query: { limit: PAGE, ...(cursor && { cursor }) } },
            signal,
          }),
        )
        guests.push(...page.guests)
        if (!page.next_cursor) return { ...page, guests }
        cursor = page.next_cursor
      }
    },
  })

/** The members whose name or address has the text, page by page. */
export const membersQuery = (tenant: string, q = '') =>
  infiniteQueryOptions({
    queryKey: [...keys.members(tenant), { q }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/members', {
          params: { path: { tenant }, query: { ...(q && { q }), ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
    // The old list stays while another search is asked for: nothing jumps.
    placeholderData: old => old,
  })

export const groupsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.groups(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/groups', { params: { path: { tenant } }, signal })),
  })

export const settingsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.settings(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/settings', { params: { path: { tenant } }, signal })),
  })

/** How often numbers that no event brings are asked for again, in milliseconds. */
const SERVERS_EVERY = 60_000

/** The servers of one tenant. Their states come as events; the numbers of their checks do not. */
export const serversQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.servers(tenant),
    refetchInterval: SERVERS_EVERY,
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/servers', { params: { path: { tenant } }, signal })),
  })
