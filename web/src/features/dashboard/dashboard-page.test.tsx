import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { DashboardPage } from '@/features/dashboard/dashboard-page'
import type { Alert, LiveStats, Tenant } from '@/lib/api/types'
import { makeNode, makeStats, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const alert: Alert = {
  id: 'a1',
  rule: 'offline',
  state: 'open',
  server: 's1',
  server_name: 'Office',
  value: 400,
  threshold: 300,
  opened_at: '2026-01-01T00:00:00Z',
}

type Replies = Parameters<typeof stubApi>[0]

async function open(
  stats: LiveStats,
  { alerts = [] as Alert[], tenant = makeTenant() as Tenant, more = {} as Replies } = {},
) {
  const calls = stubApi({
    'GET /tenants/t/stats': { body: stats },
    'GET /tenants/t/alerts': { body: { alerts, next_cursor: null, open: alerts.length, active: alerts.length } },
    'GET /tenants/t/console-sessions': { body: { sessions: [], next_cursor: null } },
    ...more,
  })
  const onNodes = vi.fn()
  await renderPage(<DashboardPage tenant={tenant} nodes={undefined} onNodes={onNodes} guests={null} />)
  return { calls, onNodes }
}

const target = (name: RegExp) => {
  const href = screen.getByRole('link', { name }).getAttribute('href') ?? ''
  return decodeURIComponent(href.replaceAll('+', ' '))
}

it('says what there is, and every number leads to the list of what it counts', async () => {
  await open(makeStats())
  expect(await screen.findByText('14.4 / 32 cores')).toBeTruthy()
  expect(screen.getByText('45%', { selector: '.text-title' })).toBeTruthy()
  const figures = within(screen.getByRole('list', { name: 'What there is' }))
  const hrefs = figures.getAllByRole('link').map(link => decodeURIComponent(link.getAttribute('href') ?? ''))
  expect(hrefs.some(href => href.includes('/t/acme/guests') && href.includes('status:running'))).toBe(true)
  expect(hrefs.some(href => href.includes('/t/acme/servers') && href.includes('status=online'))).toBe(true)
  expect(target(/^fra-1$/)).toContain('server:=Frankfurt node:=fra-1')
  expect(await screen.findByText('All servers answer, no open alerts.')).toBeTruthy()
})

it('names what could not be reached and why, and tries it again in place', async () => {
  const missing = [
    {
      id: 's1',
      name: 'Office',
      status: 'offline' as const,
      data_at: null,
      error: 'no route to host',
      tailscale: false,
    },
  ]
  const { calls } = await open(makeStats({ missing }), {
    more: {
      'POST /tenants/t/servers/s1/check': {
        body: {
          server: 's1',
          ok: false,
          took_ms: 1200,
          attempts: 2,
          error: 'connection refused',
          status: 'offline',
          at: '',
        },
      },
    },
  })
  expect(await screen.findByText('no route to host')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Try again Office' }))
  expect(await screen.findByText('No answer after 1.2 s: connection refused')).toBeTruthy()
  expect(calls.some(call => call.method === 'POST')).toBe(true)
})

it('lets an alert be acknowledged where it stands', async () => {
  const { calls } = await open(makeStats(), {
    alerts: [alert],
    more: { 'POST /tenants/t/alerts/a1/acknowledge': { body: { ...alert, state: 'acknowledged' } } },
  })
  await userEvent.click(await screen.findByRole('button', { name: /Acknowledge/ }))
  await waitFor(() => expect(calls.some(call => call.path.endsWith('/acknowledge'))).toBe(true))
})

it('filters the nodes that are not online', async () => {
  const node_list = [makeNode(), makeNode({ name: 'fra-2', status: 'offline', cpu: null })]
  const { onNodes } = await open(makeStats({ node_list, nodes: { total: 2, online: 1, offline: 1 } }))
  await userEvent.click(await screen.findByRole('radio', { name: 'Not online 1' }))
  expect(onNodes).toHaveBeenCalledWith('broken')
})

it('shows who sees no servers neither their names nor links to them', async () => {
  const may = { ...makeTenant().may, see_servers: false, manage_servers: false }
  const missing = [
    { id: 's1', name: 'Office', status: 'offline' as const, data_at: null, error: null, tailscale: false },
  ]
  const stats = makeStats({ node_list: [], storage_list: [], missing })
  const { calls } = await open(stats, { tenant: makeTenant({ role: 'viewer', may }) })
  expect(await screen.findByText('Office')).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'Office' })).toBeNull()
  expect(screen.queryByRole('button', { name: /Try again/ })).toBeNull()
  expect(calls.some(call => call.path.endsWith('/alerts'))).toBe(false)
})

it('says what to do next where there is no server, and what happened where nothing came', async () => {
  const none = { total: 0, running: 0, stopped: 0, paused: 0, unknown: 0, templates: 0 }
  const servers = { total: 0, online: 0, degraded: 0, offline: 0, checking: 0 }
  await open(makeStats({ guests: { qemu: none, lxc: none }, servers, node_list: [], data_at: null }))
  expect(await screen.findByRole('link', { name: 'Add server' })).toBeTruthy()
})

it('offers another try when the answer failed', async () => {
  let fail = true
  await open(makeStats(), {
    more: {
      'GET /tenants/t/stats': () => (fail ? { status: 403, body: { code: 'forbidden' } } : { body: makeStats() }),
    },
  })
  const again = await screen.findByRole('button', { name: 'Try again' })
  fail = false
  await userEvent.click(again)
  expect(await screen.findByText('14.4 / 32 cores')).toBeTruthy()
})
