import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { ServerIn } from '@/lib/api/types'

/** The servers of one tenant. Their states come as events. */
export const serversQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.servers(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/servers', { params: { path: { tenant } }, signal })),
  })

/** Runs the check with values that are not stored. */
export function useTestValues(tenant: string) {
  return useMutation({
    mutationFn: (body: ServerIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/servers/test', { params: { path: { tenant } }, body })),
  })
}

/** Runs the check with what is stored. */
export function useTestServer(tenant: string) {
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/servers/{server}/test', { params: { path: { tenant, server } } })),
  })
}

export function useCreateServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: ServerIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/servers', { params: { path: { tenant } }, body })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.servers(tenant) })
      void client.invalidateQueries({ queryKey: keys.guests(tenant) })
    },
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
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.servers(tenant) })
      void client.invalidateQueries({ queryKey: keys.guests(tenant) })
    },
  })
}

/** Asks for one server as it is now. */
export function useReloadServer(tenant: string) {
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/servers/{server}', { params: { path: { tenant, server } } })),
  })
}

export function useDeleteServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.DELETE('/api/v1/tenants/{tenant}/servers/{server}', { params: { path: { tenant, server } } })),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.servers(tenant) })
      void client.invalidateQueries({ queryKey: keys.guests(tenant) })
    },
  })
}
