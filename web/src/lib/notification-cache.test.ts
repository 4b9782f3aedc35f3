import { type InfiniteData, QueryClient } from '@tanstack/react-query'
import { beforeEach, expect, it } from 'vitest'
import { keys } from '@/lib/api/keys'
import type { Notification, NotificationList } from '@/lib/api/types'
import { makeNotification } from '@/lib/fixtures'
import { applyNotification, markRead, type NotificationScope } from '@/lib/notification-cache'

const T = 'tenant'
const first = makeNotification({ id: 'first' })
const second = makeNotification({ id: 'second', category: 'members', kind: 'member_added' })

let client: QueryClient
const key = (scope: NotificationScope) => [...keys.notifications(T), scope]
const put = (scope: NotificationScope, notifications: Notification[]) =>
  client.setQueryData<InfiniteData<NotificationList>>(key(scope), {
    pages: [{ notifications, next_cursor: null, unread: 2 }],
    pageParams: [''],
  })
const page = (scope: NotificationScope) => client.getQueryData<InfiniteData<NotificationList>>(key(scope))?.pages[0]
const ids = (scope: NotificationScope) => page(scope)?.notifications.map(({ id }) => id)

beforeEach(() => {
  client = new QueryClient()
  put({}, [first, second])
  put({ category: 'members' }, [second])
  put({ unread: true }, [first, second])
})

it('puts a new one on top of the lists that it belongs to, with the count everywhere', () => {
  const fresh = makeNotification({ id: 'new' })
  applyNotification(client, T, fresh, 3)
  applyNotification(client, T, fresh, 3)
  expect(ids({})).toEqual(['new', 'first', 'second'])
  expect(ids({ category: 'members' })).toEqual(['second'])
  expect(ids({ unread: true })).toEqual(['new', 'first', 'second'])
  expect(page({ category: 'members' })?.unread).toBe(3)
})

it('marks one as read in every list, and leaves it where it stands', () => {
  markRead(client, T, ['second'])
  expect(ids({ unread: true })).toEqual(['first', 'second'])
  expect(page({ unread: true })?.notifications.map(({ read }) => read)).toEqual([false, true])
  expect([page({})?.unread, page({ category: 'members' })?.unread]).toEqual([1, 1])
  markRead(client, T, ['second'])
  expect(page({})?.unread).toBe(1)
})

it('marks all as read', () => {
  markRead(client, T)
  expect(page({})).toMatchObject({ unread: 0, notifications: [{ read: true }, { read: true }] })
})
