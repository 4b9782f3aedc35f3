import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { AlertScope } from '@/lib/alert-cache'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import { applyEvent } from '@/lib/event-cache'

/** Alerts, newest first, page by page. Server-sent events keep the lists; nothing polls. */
export const alertsQuery = (tenant: string, { state, server }: AlertScope) =>
  infiniteQueryOptions({
    queryKey: [...keys.alerts(tenant), { state, server }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = { ...(state && { state }), ...(server && { server }), ...(pageParam && { cursor: pageParam }) }
      return unwrap(http.GET('/api/v1/tenants/{tenant}/alerts', { params: { path: { tenant }, query }, signal }))
    },
    getNextPageParam: page => page.next_cursor,
  })

/** Says that one looks after an alert. The event that tells everybody may come before the answer: both say the same. */
export function useAcknowledgeAlert(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (alert: string) =>
      unwrap(http.POST('/api/v1/tenants/{tenant}/alerts/{alert}/acknowledge', { params: { path: { tenant, alert } } })),
    onSuccess: alert => applyEvent(client, tenant, { type: 'alert', alert }),
    onError: () => client.invalidateQueries({ queryKey: keys.alerts(tenant) }),
  })
}
