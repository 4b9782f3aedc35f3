import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { usePalette } from '@/features/palette/use-palette'
import { makeGuest, makeTenant } from '@/lib/fixtures'
import { refOf } from '@/lib/guest-key'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const web = makeGuest()
const db = makeGuest({ vmid: 101, name: 'db-01', status: 'stopped', actions: ['start'], tags: ['web'] })
const server = { id: 's1', name: 'Frankfurt', status: 'online', tailscale: false }
const went = { onGo: vi.fn(), onGuest: vi.fn(), onFilter: vi.fn() }
const PLACES = [{ to: '/t/acme/servers', label: 'Servers', icon: null }]
let calls: Call[]

function Page() {
  const palette = usePalette({ tenant: makeTenant(), places: PLACES, ...went })
  return (
    <>
      {palette.button}
      {palette.dialog}
    </>
  )
}

beforeEach(async () => {
  vi.clearAllMocks()
  calls = stubApi({
    'GET /tenants/t/guests': { body: { guests: [web, db], servers: [server] } },
    'GET /tenants/t/favourites': { body: { guests: [refOf(db)] } },
    'GET /tenants/t/recent-guests': { body: { guests: [{ guest: refOf(web), at: '2026-01-01T00:00:00Z' }] } },
    [`POST /tenants/t/guests/${web.server.id}/qemu/100/actions`]: { status: 202, body: { id: 'task' } },
  })
  await renderPage(<Page />)
  await userEvent.keyboard('{Control>}k{/Control}')
  await screen.findByRole('combobox')
})

const names = () => screen.getAllByRole('option').map(option => option.textContent)

it('begins with favourites and what was used last', async () => {
  await waitFor(() => expect(names()[0]).toContain('db-01'))
  expect(names()[1]).toContain('web-01')
  expect(screen.getByRole('group', { name: 'Favourites' })).toBeTruthy()
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(went.onGuest).toHaveBeenCalledWith(web)
  await waitFor(() => expect(screen.queryByRole('combobox')).toBeNull())
})

it('finds guests, servers and pages', async () => {
  await userEvent.keyboard('web')
  await waitFor(() => expect(names()[0]).toContain('web-01'))
  expect(names()[1]).toContain('db-01')
  await userEvent.clear(screen.getByRole('combobox'))
  await userEvent.keyboard('serv')
  await waitFor(() => expect(names()[0]).toContain('Servers'))
  await userEvent.keyboard('{Enter}')
  expect(went.onGo).toHaveBeenCalledWith('/t/acme/servers')
})

it('loses no Enter of who types fast', async () => {
  await waitFor(() => expect(names()[0]).toContain('db-01'))
  await userEvent.keyboard('web-01{Enter}')
  await waitFor(() => expect(went.onGuest).toHaveBeenCalledWith(web))
})

it('asks before it stops, as everywhere', async () => {
  await userEvent.keyboard('stop web')
  await waitFor(() => expect(names()[0]).toContain('Stop: web-01'))
  await userEvent.keyboard('{Enter}')
  expect(document.activeElement).toBe(await screen.findByRole('button', { name: 'Cancel' }))
  expect(calls.some(call => call.method === 'POST')).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'Stop web-01' }))
  await waitFor(() => expect(calls.find(call => call.method === 'POST')?.body).toEqual({ action: 'stop' }))
})

it('offers what can be done with a guest, and why not what cannot', async () => {
  await userEvent.keyboard('db')
  await waitFor(() => expect(names()[0]).toContain('db-01'))
  await userEvent.keyboard('{Tab}')
  const stop = await screen.findByRole('option', { name: /^Stop/ })
  expect(stop.getAttribute('aria-disabled')).toBe('true')
  expect(stop.textContent).toContain('state: Stopped')
  await userEvent.keyboard('{Escape}')
  expect(await screen.findByRole('combobox', { name: /Guest, ID/ })).toBeTruthy()
})

it('says when nothing is found', async () => {
  await userEvent.keyboard('zzzz')
  expect(await screen.findByText('Nothing is called “zzzz”.')).toBeTruthy()
})
