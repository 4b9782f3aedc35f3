import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { ServerPage } from '@/features/servers/server-page'
import type { Server } from '@/lib/api/types'
import { makeConnection, makeHealth, makeServer, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const ways: NonNullable<Server['health']>['ways'] = [
  {
    way: 'direct',
    host: 'pve.example.org:8006',
    last_used: false,
    learned_timeout_ms: 1400,
    configured_timeout_ms: 10_000,
    attempts: 200,
    failures: 50,
    last_error: 'connection refused',
    open_for_ms: 24_000,
  },
  {
    way: 'tailscale',
    host: 'pve.ts.net:8006',
    last_used: true,
    configured_timeout_ms: 10_000,
    attempts: 0,
    failures: 0,
  },
]

async function open(server: Server, more: Parameters<typeof stubApi>[0] = {}) {
  stubApi({
    ...more,
    [`GET /tenants/t/servers/${server.id}`]: { body: server },
    'GET /tenants/t/servers': { body: { servers: [server], slots: { used: 1, limit: 50 } } },
  })
  await renderPage(
    <ServerPage tenant={makeTenant()} slug="acme" server={server.id} span="hour" onSpan={vi.fn()} onGone={vi.fn()} />,
  )
}

it('shows each way with what was learned beside what is configured, and when a failing one is tried again', async () => {
  await open(makeServer({ health: makeHealth({ ways }) }))
  const [direct, tailscale] = (await screen.findAllByRole('listitem')).map(item => within(item))
  expect(direct?.getByText('1.4 s')).toBeTruthy()
  expect(direct?.getByText('10 s')).toBeTruthy()
  expect(direct?.getByText(/Next try in 2[34] s/)).toBeTruthy()
  expect(direct?.getByText('connection refused')).toBeTruthy()
  expect(direct?.queryByText('in use')).toBeNull()
  expect(tailscale?.getByText('in use')).toBeTruthy()
  expect(tailscale?.getByText('Not tried yet.')).toBeTruthy()
})

it('names the nodes that are not asked, and the one that steps in', async () => {
  const fallbacks = [{ node: 'b', host: '192.0.2.12', port: 8006 }]
  const nodes = [{ node: 'c', cause: 'no route to host (595)', retry_in_ms: 22_000 }]
  const connection = makeConnection({ use_fallbacks: true, fallbacks })
  await open(makeServer({ connection, health: makeHealth({ ways, nodes, fallback_in_use: 'b' }) }))
  expect(await screen.findByText('no route to host (595)')).toBeTruthy()
  expect(screen.getByText('Next try in 22 s')).toBeTruthy()
  const stepsIn = screen.getByText('192.0.2.12:8006').closest('li') as HTMLElement
  expect(within(stepsIn).getByText('in use')).toBeTruthy()
})

it('tells nothing of a provided server but its name and state', async () => {
  const may = { edit: false, delete: false, test: false }
  await open(makeServer({ origin: 'provided', connection: null, health: null, may }))
  expect(await screen.findByText('Provided and managed by the administrators of this Nexus.')).toBeTruthy()
  expect(screen.queryByRole('button', { name: /Test|Edit|More/ })).toBeNull()
  expect(screen.queryByText('Ways')).toBeNull()
})

it('checks now, and shows what came of it beside the button', async () => {
  const server = makeServer()
  let ok = true
  const result = { server: server.id, took_ms: 1200, way: 'tailscale', attempts: 2, status: 'online', at: '' }
  await open(server, {
    [`POST /tenants/t/servers/${server.id}/check`]: () => ({ body: { ...result, ok, error: ok ? null : 'refused' } }),
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Check now' }))
  expect(await screen.findByText('Answered in 1.2 s · Tailscale · 2 attempts')).toBeTruthy()
  ok = false
  await userEvent.click(screen.getByRole('button', { name: 'Check now' }))
  expect(await screen.findByText('No answer after 1.2 s: refused')).toBeTruthy()
})
