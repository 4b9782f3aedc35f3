import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { ServerIn } from '@/lib/api/types'

/** How often numbers that no event brings are asked for again, in milliseconds. */
const ONE_EVERY = 10_000

const getServer = (tenant: string, server: string, signal?: AbortSignal) =>
  unwrap(
    http.GET('/api/v1/tenants/{tenant}/servers/{server}', {
      params: { path: { tenant, server } },
      ...(signal && { signal }),
    }),
  )

/** One server, with how its ways are doing just now. */
export const serverQuery = (tenant: string, server: string) =>
  queryOptions({
    queryKey: [...keys.servers(tenant), server],
    refetchInterval: ONE_EVERY,
    queryFn: ({ signal }) => getServer(tenant, server, signal),
  })

/** What goes with a server that is deleted. */
export const attachedQuery = (tenant: string, server: string) =>
  queryOptions({
    queryKey: [...keys.servers(tenant), server, 'attached'],
    gcTime: 0,
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/servers/{server}/attached', {
          params: { path: { tenant, server } },
          signal,
        }),
      ),
  })

const testValues = (tenant: string, body: ServerIn) =>
  unwrap(http.POST('/api/v1/tenants/{tenant}/servers/test', { params: { path: { tenant } }, body }))

const testStored = (tenant: string, server: string) =>
  unwrap(http.POST('/api/v1/tenants/{tenant}/servers/{server}/test', { params: { path: { tenant, server } } }))

/** Runs the check with values that are not stored. */
export function useTestValues(tenant: string) {
  return useMutation({ mutationFn: (body: ServerIn) => testValues(tenant, body) })
}

/** Runs the check with what is stored. */
export function useTestServer(tenant: string) {
  return useMutation({ mutationFn: (server: string) => testStored(tenant, server) })
}

/** Runs the check with other values and their own token, or without them with what is stored. */
export function useTestEdited(tenant: string) {
  return useMutation({
    mutationFn: ({ server, body }: { server: string; body: ServerIn | null }) =>
      body ? testValues(tenant, body) : testStored(tenant, server),
  })
}

/** Servers bring guests, so both lists are another after a change. */
function changed(client: QueryClient, tenant: string): void {
  void client.invalidateQueries({ queryKey: keys.servers(tenant) })
  void client.invalidateQueries({ queryKey: keys.guests(tenant) })
}

export function useCreateServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ServerIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/servers', { params: { path: { tenant } }, body })),
    onSuccess: () => changed(client, tenant),
  })
}

type Change = { server: string; etag: string; body: ServerIn }

/** Changes a server, if it is still the one that `etag` names. */
export function useUpdateServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ server, etag, body }: Change) =>
      unwrap(
        http.PUT('/api/v1/tenants/{tenant}/servers/{server}', {
          params: { path: { tenant, server }, header: { 'if-match': etag } },
          body,
        }),
      ),
    onSuccess: () => changed(client, tenant),
  })
}

/** Asks for one server as it is now. */
export function useReloadServer(tenant: string) {
  return useMutation({ mutationFn: (server: string) => getServer(tenant, server) })
}

export function useDeleteServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.DELETE('/api/v1/tenants/{tenant}/servers/{server}', { params: { path: { tenant, server } } })),
    onSuccess: (_, server) => {
      client.removeQueries({ queryKey: [...keys.servers(tenant), server] })
      changed(client, tenant)
    },
  })
}
