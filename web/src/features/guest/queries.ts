import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Consolidation, GuestRef, SnapshotIn, SnapshotList, Task, Timeframe } from '@/lib/api/types'
import { applyTask } from '@/lib/task-cache'

/** What PVE tells of one guest when it is asked. Events tell of none of it, so what is on screen asks again. */

const MINUTE = 60_000

export const configQuery = (tenant: string, guest: GuestRef) =>
  queryOptions({
    queryKey: [...keys.guest(tenant, guest), 'config'],
    staleTime: MINUTE / 4,
    refetchInterval: MINUTE,
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/config', {
          params: { path: { tenant, ...guest } },
          signal,
        }),
      ),
  })

export const addressesQuery = (tenant: string, guest: GuestRef) =>
  queryOptions({
    queryKey: [...keys.guest(tenant, guest), 'addresses'],
    staleTime: MINUTE / 4,
    refetchInterval: MINUTE / 2,
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/addresses', {
          params: { path: { tenant, ...guest } },
          signal,
        }),
      ),
  })

/** PVE writes a value a minute for the last hour, and seldom for what is longer. */
export const figuresQuery = (tenant: string, guest: GuestRef, timeframe: Timeframe, consolidation: Consolidation) =>
  queryOptions({
    queryKey: [...keys.guest(tenant, guest), 'figures', timeframe, consolidation],
    staleTime: MINUTE / 2,
    refetchInterval: timeframe === 'hour' ? MINUTE : 5 * MINUTE,
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/rrd', {
          params: { path: { tenant, ...guest }, query: { timeframe, consolidation } },
          signal,
        }),
      ),
  })

/** While one is made or deleted PVE itself tells how it stands. */
const UNDER_WAY = 3000

export const snapshotsQuery = (tenant: string, guest: GuestRef) =>
  queryOptions({
    queryKey: keys.snapshots(tenant, guest),
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots', {
          params: { path: { tenant, ...guest } },
          signal,
        }),
      ),
    refetchInterval: query => (query.state.data?.snapshots.some(({ state }) => state != null) ? UNDER_WAY : MINUTE),
  })

const SNAPSHOT = '/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots/{snapshot}'

/** What changes snapshots answers with a task, whose end comes as an event. */
function useSnapshotTask<T>(tenant: string, run: (values: T) => Promise<Task>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: task => {
      applyTask(client, tenant, task)
      void client.invalidateQueries({ queryKey: keys.snapshots(tenant, task.guest) })
    },
  })
}

export function useCreateSnapshot(tenant: string, guest: GuestRef) {
  return useSnapshotTask(tenant, (body: SnapshotIn) =>
    unwrap(
      http.POST('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/snapshots', {
        params: { path: { tenant, ...guest } },
        body,
      }),
    ),
  )
}

export function useRollBack(tenant: string, guest: GuestRef) {
  return useSnapshotTask(tenant, ({ snapshot, start }: { snapshot: string; start: boolean }) =>
    unwrap(http.POST(`${SNAPSHOT}/rollback`, { params: { path: { tenant, ...guest, snapshot } }, body: { start } })),
  )
}

export function useDeleteSnapshot(tenant: string, guest: GuestRef) {
  return useSnapshotTask(tenant, (snapshot: string) =>
    unwrap(http.DELETE(SNAPSHOT, { params: { path: { tenant, ...guest, snapshot } } })),
  )
}

export function useDescribeSnapshot(tenant: string, guest: GuestRef) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ snapshot, description }: { snapshot: string; description: string }) =>
      unwrap(http.PATCH(SNAPSHOT, { params: { path: { tenant, ...guest, snapshot } }, body: { description } })),
    onSuccess: changed =>
      client.setQueryData<SnapshotList>(
        keys.snapshots(tenant, guest),
        list =>
          list && { ...list, snapshots: list.snapshots.map(other => (other.name === changed.name ? changed : other)) },
      ),
  })
}
