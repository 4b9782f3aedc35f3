import {
  infiniteQueryOptions,
  queryOptions,
  skipToken,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { CheckKind, CheckRunState, MetricSpan } from '@/lib/api/types'
import type { CheckNews } from '@/lib/metrics'

/** What is live of a tenant and its servers. Server-sent events keep all of it; nothing polls. */

/** What the tenant has and uses now. */
export const statsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.stats(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/stats', { params: { path: { tenant } }, signal })),
  })

/** Figures of all servers over 24 hours or 30 days. */
export const metricsQuery = (tenant: string, span: MetricSpan) =>
  queryOptions({
    queryKey: [...keys.metrics(tenant), span],
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/metrics', { params: { path: { tenant }, query: { span } }, signal })),
  })

export const serverMetricsQuery = (tenant: string, server: string, span: MetricSpan) =>
  queryOptions({
    queryKey: [...keys.metrics(tenant), span, server],
    queryFn: ({ signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/servers/{server}/metrics', {
          params: { path: { tenant, server }, query: { span } },
          signal,
        }),
      ),
  })

/** Which checks and calls a list shows. */
export type ChecksFilter = {
  server?: string | undefined
  kind?: CheckKind | undefined
  failed?: boolean | undefined
  limit?: number
}

/** Checks and calls, newest first, page by page. */
export const checksQuery = (tenant: string, { server, kind, failed, limit = 50 }: ChecksFilter) =>
  infiniteQueryOptions({
    queryKey: [...keys.checks(tenant), { server, kind, failed, limit }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        http.GET('/api/v1/tenants/{tenant}/checks', {
          params: {
            path: { tenant },
            query: {
              limit,
              ...(server && { server }),
              ...(kind && { kind }),
              ...(failed && { failed }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    getNextPageParam: page => page.next_cursor,
    // The old list stays while another filter is asked for: nothing jumps.
    placeholderData: old => old,
  })

/** The checks that events have told of since the page was opened, newest first. */
function useCheckNews(tenant: string): CheckNews {
  return (
    useQuery<CheckNews>({ queryKey: keys.checkNews(tenant), queryFn: skipToken, staleTime: Number.POSITIVE_INFINITY })
      .data ?? NONE
  )
}

const NONE: CheckNews = []

/** How many checks the events have told of since a list was read, of those that it would show. */
export function useNewerChecks(tenant: string, { server, kind, failed }: ChecksFilter, newest: string | undefined) {
  const news = useCheckNews(tenant)
  // Events tell of checks alone.
  if (kind === 'call') return 0
  const since = newest ? Date.parse(newest) : 0
  return news.filter(
    check => Date.parse(check.at) > since && (server === undefined || check.server === server) && !(failed && check.ok),
  ).length
}

/** The newest check of all servers. */
export const checkRunQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.checkRun(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/servers/check', { params: { path: { tenant } }, signal })),
  })

/** Checks one server now. */
export function useCheckServer(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (server: string) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/servers/{server}/check', { params: { path: { tenant, server } } })),
    onSuccess: (_, server) => {
      void client.invalidateQueries({ queryKey: keys.servers(tenant) })
      void client.invalidateQueries({ queryKey: keys.stats(tenant) })
      void client.invalidateQueries({
        queryKey: keys.checks(tenant),
        predicate: ({ queryKey }) => (queryKey[3] as ChecksFilter | undefined)?.server === server,
      })
    },
  })
}

/** Checks all servers now; the run's progress comes as events. */
export function useCheckAll(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => unwrap(http.POST('/api/v1/tenants/{tenant}/servers/check', { params: { path: { tenant } } })),
    onSuccess: run =>
      client.setQueryData<CheckRunState>(keys.checkRun(tenant), old =>
        // An event may have been faster than the answer.
        old?.run?.id === run.id && old.run.done > run.done ? old : { run },
      ),
  })
}
