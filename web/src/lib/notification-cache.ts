import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { Notification, NotificationCategory, NotificationList } from '@/lib/api/types'
import { askAgainIfAsked } from '@/lib/ask-again'

/** Which notifications a list holds: those of one category or all, the unread ones or all. */
export type NotificationScope = { category?: NotificationCategory | undefined; unread?: boolean | undefined }

type Lists = InfiniteData<NotificationList>

/** Brings a new notification, and how many are unread now, into every list that is known. */
export function applyNotification(
  client: QueryClient,
  tenant: string,
  notification: Notification,
  unread: number,
): void {
  const queryKey = keys.notifications(tenant)
  askAgainIfAsked(client, queryKey)
  for (const [key, data] of client.getQueriesData<Lists>({ queryKey })) {
    if (data)
      client.setQueryData(key, mergeNotification(data, key[queryKey.length] as NotificationScope, notification, unread))
  }
}

/** The list with the notification on top, if it belongs there. */
function mergeNotification(
  data: Lists,
  { category, unread: onlyUnread }: NotificationScope,
  notification: Notification,
  unread: number,
): Lists {
  const known = data.pages.some(page => page.notifications.some(other => other.id === notification.id))
  const fits = (!category || category === notification.category) && !(onlyUnread && notification.read)
  const pages = data.pages.map((page, index) => ({
    ...page,
    unread,
    notifications: index === 0 && fits && !known ? [notification, ...page.notifications] : page.notifications,
  }))
  return { ...data, pages }
}

/**
 * Marks notifications as read wherever they stand; without ids all. They stay in the list of unread ones until it is
 * asked for again: nothing goes away under the pointer.
 */
export function markRead(client: QueryClient, tenant: string, ids?: string[]): void {
  const queryKey = keys.notifications(tenant)
  const chosen = ids && new Set(ids)
  const isMeant = (one: Notification) => !one.read && (!chosen || chosen.has(one.id))
  const lists = client.getQueriesData<Lists>({ queryKey }).flatMap(([, data]) => data?.pages ?? [])
  const meant = new Set(lists.flatMap(page => page.notifications.filter(isMeant)).map(one => one.id))
  client.setQueriesData<Lists>({ queryKey }, data => {
    if (!data) return data
    const pages = data.pages.map(page => ({
      ...page,
      unread: chosen ? Math.max(0, page.unread - meant.size) : 0,
      notifications: page.notifications.map(one => (isMeant(one) ? { ...one, read: true } : one)),
    }))
    return { ...data, pages }
  })
}

/** Says how many are unread, as the server counts. */
export function setUnread(client: QueryClient, tenant: string, unread: number): void {
  client.setQueriesData<Lists>(
    { queryKey: keys.notifications(tenant) },
    data => data && { ...data, pages: data.pages.map(page => ({ ...page, unread })) },
  )
}
