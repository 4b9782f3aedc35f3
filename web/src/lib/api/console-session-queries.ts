import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Person } from '@/lib/api/types'
import type { ConsoleAsk } from '@/lib/console-filter'

/** Console sessions of one tenant, or with `null` of all. Both are shown by the same list. */
type Place = string | null

const keyOf = (place: Place) =>
  place === null ? (['system', 'console-sessions'] as const) : keys.consoleSessions(place)

/**
 * Of all tenants together nobody tells by an event. In one tenant events bring what begins and ends, and only the
 * traffic is asked for again.
 */
const EVERY = { all: 10_000, tenant: 30_000 }

/** Those that are asked for, the newest first. */
export const consoleSessionsQuery = (place: Place, ask: ConsoleAsk) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(place), ask],
    initialPageParam: '',
    refetchInterval: place === null ? EVERY.all : EVERY.tenant,
    queryFn: ({ pageParam, signal }) => {
      const { guest, tenant, ...narrow } = ask
      const query = { ...narrow, ...(pageParam && { cursor: pageParam }) }
      return unwrap(
        place === null
          ? http.GET('/api/v1/console-sessions', { params: { query: { ...query, ...(tenant && { tenant }) } }, signal })
          : http.GET('/api/v1/tenants/{tenant}/console-sessions', {
              params: { path: { tenant: place }, query: { ...query, ...guest } },
              signal,
            }),
      )
    },
    getNextPageParam: page => page.next_cursor,
    placeholderData: old => old,
  })

/** How many names a filter offers; who types on finds the others. */
const OFFERED = 8

/** People whose sessions may be asked for, by name or address. */
export const consolePeopleQuery = (place: Place, q: string) =>
  queryOptions({
    queryKey: ['console-people', place, q] as const,
    queryFn: async ({ signal }): Promise<Person[]> => {
      const query = { limit: OFFERED, ...(q && { q }) }
      if (place === null) return (await unwrap(http.GET('/api/v1/users', { params: { query }, signal }))).accounts
      const params = { path: { tenant: place }, query }
      const { members } = await unwrap(http.GET('/api/v1/tenants/{tenant}/members', { params, signal }))
      return members.map(member => member.user)
    },
    placeholderData: old => old,
  })

/** Tenants whose sessions may be asked for, by name. */
export const consoleTenantsQuery = (q: string) =>
  queryOptions({
    queryKey: ['console-tenants', q] as const,
    queryFn: async ({ signal }) => {
      const query = { limit: OFFERED, ...(q && { q }) }
      return (await unwrap(http.GET('/api/v1/tenants', { params: { query }, signal }))).tenants
    },
    placeholderData: old => old,
  })

/** Ends a console; the person who has it open reads the reason. */
export function useEndConsole(place: Place) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ session, reason }: { session: string; reason: string }) => {
      const body = reason ? { reason } : {}
      return unwrap(
        place === null
          ? http.POST('/api/v1/console-sessions/{session}/end', { params: { path: { session } }, body })
          : http.POST('/api/v1/tenants/{tenant}/console-sessions/{session}/end', {
              params: { path: { tenant: place, session } },
              body,
            }),
      )
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(place) }),
  })
}
