import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import i18next from 'i18next'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Bell } from '@/features/notifications/bell'
import { targetOf } from '@/features/notifications/notification-item'
import { NotificationsPage } from '@/features/notifications/notifications-page'
import { notificationText } from '@/features/notifications/text'
import type { NotificationKind } from '@/lib/api/types'
import { makeNotification, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(async () => {
  vi.unstubAllGlobals()
  await i18next.changeLanguage('en')
})

const list = (count: number, unread = count) => ({
  notifications: Array.from({ length: count }, (_, index) =>
    makeNotification({ id: `n${index}`, server_name: `Server ${index}`, at: new Date().toISOString() }),
  ),
  next_cursor: null,
  unread,
})
const preferences = Object.fromEntries(
  ['servers', 'alerts', 'guest_actions', 'members'].map(category => [category, { in_app: true, email: false }]),
)

const page = (tab: 'timeline' | 'preferences', mail = true) => (
  <NotificationsPage
    tenant={makeTenant()}
    mail={mail}
    tab={tab}
    search={{}}
    onTab={() => undefined}
    onSearch={() => undefined}
  />
)

it('counts what is unread on the bell, and no further than 99', async () => {
  stubApi({ 'GET /tenants/t/notifications': { body: list(2, 130) } })
  await renderPage(<Bell tenant={makeTenant()} />)
  const bell = await screen.findByRole('button', { name: 'Notifications, 130 unread' })
  expect(bell.textContent).toBe('99+')
  await userEvent.click(bell)
  const panel = await screen.findByRole('dialog', { name: 'Notifications' })
  expect(within(panel).getAllByRole('listitem')).toHaveLength(2)
})

it('marks all as read at once', async () => {
  const calls = stubApi({
    'GET /tenants/t/notifications': { body: list(2) },
    'POST /tenants/t/notifications/read': { body: { unread: 0 } },
  })
  await renderPage(page('timeline'))
  await userEvent.click(await screen.findByRole('button', { name: 'Mark all read' }))
  await waitFor(() => expect(screen.queryByRole('button', { name: /^Mark as read/ })).toBeNull())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({})
})

it('marks the one that is opened, and leads to its server', async () => {
  const calls = stubApi({
    'GET /tenants/t/notifications': { body: list(2) },
    'POST /tenants/t/notifications/read': { body: { unread: 1 } },
  })
  await renderPage(page('timeline'))
  const link = await screen.findByRole('link', { name: /Server 1 is offline/ })
  expect(link.getAttribute('href')).toBe('/t/acme/servers/0192f0aa-0000-7000-8000-000000000901')
  await userEvent.click(link)
  await waitFor(() => expect(calls.find(call => call.method === 'POST')?.body).toEqual({ ids: ['n1'] }))
})

it('changes how one is told with each tick', async () => {
  const calls = stubApi({
    'GET /tenants/t/notifications': { body: list(0) },
    'GET /tenants/t/notification-preferences': { body: preferences },
    'PUT /tenants/t/notification-preferences': call => ({ body: call.body }),
  })
  await renderPage(page('preferences'))
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Alerts: E-mail' }))
  await userEvent.click(screen.getByRole('checkbox', { name: 'Members: In Nexus' }))
  await waitFor(() => expect(calls.filter(call => call.method === 'PUT')).toHaveLength(2))
  expect(calls.findLast(call => call.method === 'PUT')?.body).toEqual({
    ...preferences,
    alerts: { in_app: true, email: true },
    members: { in_app: false, email: false },
  })
})

it('offers no e-mail where there is none, and says so', async () => {
  stubApi({
    'GET /tenants/t/notifications': { body: list(0) },
    'GET /tenants/t/notification-preferences': { body: preferences },
  })
  await renderPage(page('preferences', false))
  const box = await screen.findByRole<HTMLInputElement>('checkbox', { name: 'Servers: E-mail' })
  expect(box.disabled).toBe(true)
  const reason = document.getElementById(box.getAttribute('aria-describedby') ?? '')
  expect(reason?.textContent).toContain('cannot send e-mails')
})

describe('what a notification says', () => {
  const alert = { rule: 'latency', value: 812, threshold: 500 } as const
  const who = { person: 'Elif', actor: 'Anna', role: 'manager' } as const
  const guest = { guest_name: 'web-01', action: 'shutdown' } as const
  it.each<[NotificationKind, string, string]>([
    ['server_offline', 'Frankfurt is offline', 'Frankfurt ist nicht erreichbar'],
    ['server_online', 'Frankfurt is online again', 'Frankfurt ist wieder erreichbar'],
    ['alert_opened', 'Frankfurt: Response 812 ms, limit 500 ms', 'Frankfurt: Antwortzeit 812 ms, Grenze 500 ms'],
    [
      'alert_acknowledged',
      'Anna looks after it: Frankfurt: Response 812 ms, limit 500 ms',
      'Anna kümmert sich darum: Frankfurt: Antwortzeit 812 ms, Grenze 500 ms',
    ],
    [
      'alert_resolved',
      'Resolved: Frankfurt: Response 812 ms, limit 500 ms',
      'Erledigt: Frankfurt: Antwortzeit 812 ms, Grenze 500 ms',
    ],
    ['action_done', 'web-01: Shut down is done', 'web-01: Herunterfahren ist erledigt'],
    ['action_failed', 'web-01: Shut down failed', 'web-01: Herunterfahren ist fehlgeschlagen'],
    ['member_added', 'Anna added Elif (Manager)', 'Anna hat Elif hinzugefügt (Manager)'],
    ['member_removed', 'Anna removed Elif', 'Anna hat Elif entfernt'],
    ['role_changed', 'Anna changed the role of Elif to Manager', 'Anna hat die Rolle von Elif auf Manager geändert'],
  ])('%s', async (kind, english, german) => {
    const one = makeNotification({ kind, ...alert, ...who, ...guest })
    expect(notificationText(one).title).toBe(english)
    await i18next.changeLanguage('de')
    expect(notificationText(one).title).toBe(german)
  })
})

it('leads nowhere where the person may not go', () => {
  const { may } = makeTenant()
  const viewer = makeTenant({ may: { ...may, see_servers: false, see_members: false } })
  expect(targetOf(viewer, makeNotification())).toBeNull()
  expect(targetOf(viewer, makeNotification({ kind: 'role_changed', person: 'Jane' }))).toBeNull()
  const guest = { server: 's', type: 'qemu', vmid: 101 } as const
  expect(targetOf(viewer, makeNotification({ kind: 'action_failed', guest }))).toMatchObject({
    params: { server: 's', type: 'qemu', vmid: '101' },
    search: { tab: 'tasks' },
  })
})
