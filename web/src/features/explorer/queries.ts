import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { PveCallIn, PveFavourite, PveMethod } from '@/lib/api/types'

const SCHEMA = '/api/v1/tenants/{tenant}/servers/{server}/pve/schema'

/** The API of a server as it describes it itself. It changes with PVE's version only. */
export const schemaQuery = (tenant: string, server: string) =>
  queryOptions({
    queryKey: keys.pveSchema(tenant, server),
    staleTime: 3_600_000,
    gcTime: 3_600_000,
    retry: false,
    refetchOnWindowFocus: false,
    structuralSharing: false,
    queryFn: ({ signal }) => unwrap(http.GET(SCHEMA, { params: { path: { tenant, server } }, signal })),
  })

/** Reads the schema from the server itself once more. */
export function useFreshSchema(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.GET(SCHEMA, { params: { path: { tenant, server }, query: { fresh: true } } })),
    onSuccess: schema => client.setQueryData(keys.pveSchema(tenant, server), schema),
  })
}

/** Makes a call; what PVE refuses is an answer too. */
export function useCallPve(tenant: string, server: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: PveCallIn) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/servers/{server}/pve/call', {
          params: { path: { tenant, server } },
          body,
        }),
      ),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.pveCalls(tenant) }),
  })
}

export const callsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.pveCalls(tenant),
    queryFn: async ({ signal }) => {
      const params = { path: { tenant } }
      return (await unwrap(http.GET('/api/v1/tenants/{tenant}/pve-calls', { params, signal }))).calls
    },
  })

export function useForgetCalls(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.DELETE('/api/v1/tenants/{tenant}/pve-calls', { params: { path: { tenant } } })),
    onSuccess: () => client.setQueryData(keys.pveCalls(tenant), []),
  })
}

export const favouritesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.pveFavourites(tenant),
    queryFn: async ({ signal }): Promise<PveFavourite[]> => {
      const params = { path: { tenant } }
      return (await unwrap(http.GET('/api/v1/tenants/{tenant}/pve-favourites', { params, signal }))).favourites
    },
  })

type Kept = { method: PveMethod; path: string }

/** Keeps a call, or keeps it no more. */
export function useFavourite(tenant: string) {
  const client = useQueryClient()
  const queryKey = keys.pveFavourites(tenant)
  return useMutation({
    mutationFn: ({ method, path, known }: Kept & { known: PveFavourite | undefined }) =>
      unwrap<unknown>(
        known
          ? http.DELETE('/api/v1/tenants/{tenant}/pve-favourites/{favourite}', {
              params: { path: { tenant, favourite: known.id } },
            })
          : http.POST('/api/v1/tenants/{tenant}/pve-favourites', {
              params: { path: { tenant } },
              body: { method, path },
            }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey }),
  })
}
