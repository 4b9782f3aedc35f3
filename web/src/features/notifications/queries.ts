import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { NotificationPreferences } from '@/lib/api/types'
import { tellOtherTabs } from '@/lib/events'
import { markRead, type NotificationScope, setUnread } from '@/lib/notification-cache'

/** One's own notifications, newest first, page by page. Server-sent events keep the lists; nothing polls. */
export const notificationsQuery = (tenant: string, { category, unread }: NotificationScope = {}) =>
  infiniteQueryOptions({
    queryKey: [...keys.notifications(tenant), { category, unread }],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...(category && { category }),
        ...(unread && { unread }),
        ...(pageParam && { cursor: pageParam }),
      }
      return unwrap(http.GET('/api/v1/tenants/{tenant}/notifications', { params: { path: { tenant }, query }, signal }))
    },
    getNextPageParam: page => page.next_cursor,
  })

/** Marks some notifications as read, or without ids all. The page shows it at once. */
export function useReadNotifications(tenant: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (ids: string[] | undefined) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/notifications/read', {
          params: { path: { tenant } },
          body: ids ? { ids } : {},
        }),
      ),
    onMutate: ids => markRead(client, tenant, ids),
    onSuccess: ({ unread }, ids) => {
      setUnread(client, tenant, unread)
      tellOtherTabs({ type: 'read', ids, unread })
    },
    onError: () => client.invalidateQueries({ queryKey: keys.notifications(tenant) }),
  })
}

export const preferencesQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.notificationPreferences(tenant),
    queryFn: ({ signal }) =>
      unwrap(http.GET('/api/v1/tenants/{tenant}/notification-preferences', { params: { path: { tenant } }, signal })),
  })

/** Changes how one is told, at once; what is refused goes back. One after another, as they were ticked. */
export function useSetPreferences(tenant: string) {
  const client = useQueryClient()
  const queryKey = keys.notificationPreferences(tenant)
  return useMutation({
    scope: { id: `notification-preferences-${tenant}` },
    mutationFn: (body: NotificationPreferences) =>
      unwrap(http.PUT('/api/v1/tenants/{tenant}/notification-preferences', { params: { path: { tenant } }, body })),
    onError: () => client.invalidateQueries({ queryKey }),
  })
}
