import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { BulkActionDetail, BulkIn } from '@/lib/api/types'
import { applyBulk } from '@/lib/bulk-cache'

/** Actions on many guests, newest first. Events keep the list and each of them; nothing polls. */
export const bulksQuery = (tenant: string) =>
  infiniteQueryOptions({
    queryKey: keys.bulks(tenant),
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/bulk-actions', {
          params: { path: { tenant }, query: { limit: 20, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
  })

/** One of them with its guests. */
export const bulkQuery = (tenant: string, bulk: string) =>
  queryOptions({
    queryKey: keys.bulk(tenant, bulk),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/bulk-actions/{bulk}', { params: { path: { tenant, bulk } }, signal })),
  })

export function useStartBulk(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: BulkIn) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/bulk-actions', { params: { path: { tenant } }, body })),
    onSuccess: detail => {
      // An event may have been faster than the answer.
      client.setQueryData<BulkActionDetail>(keys.bulk(tenant, detail.bulk.id), old => old ?? detail)
      applyBulk(client, tenant, detail.bulk, detail.guests)
    },
  })
}

/** Begins no more guests; what runs is left to end. */
export function useStopBulk(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (bulk: string) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/bulk-actions/{bulk}/stop', { params: { path: { tenant, bulk } } })),
    onSuccess: bulk => applyBulk(client, tenant, bulk, []),
  })
}
