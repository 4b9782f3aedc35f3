import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { type AuditFilter, auditParameters } from '@/lib/audit-filter'

/** An audit log: a tenant's, or with `null` the installation's. Both are shown by the same page. */
export type AuditPlace = string | null

const keyOf = (place: AuditPlace) => (place === null ? (['system', 'audit'] as const) : keys.audit(place))

export const auditQuery = (place: AuditPlace, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(place), 'entries', filter],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { ...auditParameters(filter, Date.now()), ...(pageParam && { cursor: pageParam }) }
      return unwrap(
        place === null
          ? http.GET('/api/v1/audit', { params: { query }, signal })
          : http.GET('/api/v1/tenants/{tenant}/audit', { params: { path: { tenant: place }, query }, signal }),
      )
    },
    getNextPageParam: page => page.next_cursor,
    placeholderData: old => old,
  })

export const auditActionsQuery = (place: AuditPlace) =>
  queryOptions({
    queryKey: [...keyOf(place), 'actions'],
    staleTime: 300_000,
    queryFn: ({ signal }) =>
      unwrap(
        place === null
          ? http.GET('/api/v1/audit/actions', { signal })
          : http.GET('/api/v1/tenants/{tenant}/audit/actions', { params: { path: { tenant: place } }, signal }),
      ),
  })

export function verifyAudit(place: AuditPlace) {
  return unwrap(
    place === null
      ? http.POST('/api/v1/audit/verify')
      : http.POST('/api/v1/tenants/{tenant}/audit/verify', { params: { path: { tenant: place } } }),
  )
}

/** The address of a file with all that the filter shows; the browser downloads it by itself. */
export function auditExportUrl(place: AuditPlace, filter: AuditFilter, format: 'csv' | 'jsonl', now: number): string {
  const base = place === null ? '/api/v1/audit/export' : `/api/v1/tenants/${place}/audit/export`
  return `${base}?${new URLSearchParams({ format, ...auditParameters(filter, now) })}`
}
