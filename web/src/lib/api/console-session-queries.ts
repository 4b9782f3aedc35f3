import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { ConsoleState, GuestRef } from '@/lib/api/types'

/** Console sessions of one tenant, or with `null` of all. Both are shown by the same list. */
type Place = string | null

const keyOf = (place: Place) =>
  place === null ? (['system', 'console-sessions'] as const) : keys.consoleSessions(place)

/**
 * Of all tenants together nobody tells by an event. In one tenant events bring what begins and ends, and only the
 * traffic is asked for again.
 */
const EVERY = { all: 10_000, tenant: 30_000 }

/** Of one guest where it is named. */
export const consoleSessionsQuery = (place: Place, state: ConsoleState | undefined, guest?: GuestRef) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(place), { state, guest }],
    initialPageParam: '',
    refetchInterval: place === null ? EVERY.all : EVERY.tenant,
    queryFn: ({ pageParam, signal }) => {
      const query = { ...guest, ...(state && { state }), ...(pageParam && { cursor: pageParam }) }
      return unwrap(
        place === null
          ? http.GET('/api/v1/console-sessions', { params: { query }, signal })
          : http.GET('/api/v1/tenants/{tenant}/console-sessions', {
              params: { path: { tenant: place }, query },
              signal,
            }),
      )
    },
    getNextPageParam: page => page.next_cursor,
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
