import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { etagOf } from '@/lib/api/etag'
import { keys } from '@/lib/api/keys'
import type { ConfigPlan, ConfigPlanIn } from '@/lib/api/types'

const PLAN = '/api/v1/tenants/{tenant}/servers/{server}/config-plan'
const SNAPSHOTS = '/api/v1/tenants/{tenant}/servers/{server}/config-snapshots'
const SNAPSHOT = '/api/v1/tenants/{tenant}/servers/{server}/config-snapshots/{snapshot}'

/** No event tells of what the schedule has taken. */
const EVERY = 60_000

export const planQuery = (tenant: string, server: string) =>
  queryOptions({
    queryKey: keys.configPlan(tenant, server),
    refetchInterval: EVERY,
    queryFn: ({ signal }) => unwrap(http.GET(PLAN, { params: { path: { tenant, server } }, signal })),
  })

/** Changes the plan, if it is still the one that was shown. */
export function useSetPlan(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ shown, body }: { shown: ConfigPlan; body: ConfigPlanIn }) =>
      unwrap(http.PUT(PLAN, { params: { path: { tenant, server }, header: { 'if-match': etagOf(shown) } }, body })),
    onSuccess: plan => client.setQueryData(keys.configPlan(tenant, server), plan),
  })
}

/** Asks for the plan as it is now. */
export function useReloadPlan(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.GET(PLAN, { params: { path: { tenant, server } } })),
    onSuccess: plan => client.setQueryData(keys.configPlan(tenant, server), plan),
  })
}

export const snapshotsQuery = (tenant: string, server: string) =>
  infiniteQueryOptions({
    queryKey: keys.configSnapshots(tenant, server),
    refetchInterval: EVERY,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET(SNAPSHOTS, {
          params: { path: { tenant, server }, query: { limit: 100, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
  })

/** What was answered. It never changes. */
export const snapshotQuery = (tenant: string, server: string, snapshot: string) =>
  queryOptions({
    queryKey: [...keys.configSnapshots(tenant, server), snapshot],
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
    queryFn: ({ signal }) => unwrap(http.GET(SNAPSHOT, { params: { path: { tenant, server, snapshot } }, signal })),
  })

export function useTakeSnapshot(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.POST(SNAPSHOTS, { params: { path: { tenant, server } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.configSnapshots(tenant, server), exact: true }),
  })
}

export function useDeleteSnapshot(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (snapshot: string) => unwrap(http.DELETE(SNAPSHOT, { params: { path: { tenant, server, snapshot } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.configSnapshots(tenant, server), exact: true }),
  })
}
