import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { type ComponentProps, useState } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ServersPage } from '@/features/servers/servers-page'
import type { Server } from '@/lib/api/types'
import { makeConnection, makeHealth, makeServer, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

type Search = ComponentProps<typeof ServersPage>['search']

const tenant = makeTenant()
const first = makeServer({ health: makeHealth({ failed: 5, average_ms: 1234 }) })
const second = makeServer({
  id: 'second',
  name: 'Second node',
  connection: makeConnection({ host: 'pve2.example.org', tls: { mode: 'insecure' } }),
  same_cluster_as: { id: first.id, name: first.name },
})
const provided = makeServer({
  id: 'provided',
  name: 'Shared',
  origin: 'provided',
  connection: null,
  health: null,
  pve_version: null,
  may: { edit: false, delete: false, test: false },
})

beforeEach(() => {
  // As wide as a table needs.
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: media.includes('min-width'),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
  localStorage.clear()
})
afterEach(() => vi.unstubAllGlobals())

function Here({ start = {} }: { start?: Partial<Search> }) {
  const [search, setSearch] = useState<Search>({
    q: '',
    status: undefined,
    origin: undefined,
    sort: undefined,
    ...start,
  })
  return (
    <ServersPage
      tenant={tenant}
      me="ann"
      search={search}
      onSearch={change => setSearch(old => ({ ...old, ...change }))}
      adding={false}
      onAdding={vi.fn()}
    />
  )
}

const LIST = 'GET /tenants/t/servers'
const list = (servers: Server[], used = servers.length) => ({ body: { servers, slots: { used, limit: 50 } } })
const rowOf = (name: string) => within(screen.getAllByText(name)[0]?.closest('tr') as HTMLElement)

async function choose(name: string, item: string) {
  await userEvent.click(screen.getByRole('button', { name: `More actions for ${name}` }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

it('shows what matters of a server, and of a provided one its name and state alone', async () => {
  stubApi({ [LIST]: list([first, second, provided]) })
  await renderPage(<Here />)
  expect(await screen.findByText('3 of 50 server slots used')).toBeTruthy()
  expect(rowOf('Frankfurt').getByText('75%')).toBeTruthy()
  expect(rowOf('Frankfurt').getByText('· 1.23 s', { exact: false })).toBeTruthy()
  expect(rowOf('Second node').getByText('TLS not checked')).toBeTruthy()
  const given = rowOf('Shared')
  expect(given.getByText('Provided and managed by the administrators of this Nexus.')).toBeTruthy()
  expect(given.queryByRole('link')).toBeNull()
  expect(given.queryByRole('button', { name: /More actions|Test/ })).toBeNull()
})

it('searches, filters and says so when nothing is left', async () => {
  stubApi({ [LIST]: list([first, second, provided]) })
  await renderPage(<Here />)
  await userEvent.type(await screen.findByRole('searchbox'), 'pve2')
  await waitFor(() => expect(screen.queryByRole('link', { name: 'Frankfurt' })).toBeNull())
  expect(screen.getByRole('link', { name: 'Second node' })).toBeTruthy()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Origin' }), 'provided')
  expect(await screen.findByText('No server matches')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Show all' }))
  expect(await screen.findByRole('link', { name: 'Frankfurt' })).toBeTruthy()
})

it('remembers table or cards for the person', async () => {
  stubApi({ [LIST]: list([first]) })
  const shown = await renderPage(<Here />)
  await userEvent.click(await screen.findByRole('button', { name: 'Cards' }))
  expect(screen.queryByRole('table')).toBeNull()
  expect(screen.getByRole('heading', { level: 2, name: 'Frankfurt' })).toBeTruthy()
  shown.unmount()
  await renderPage(<Here />)
  expect(await screen.findByRole('heading', { level: 2, name: 'Frankfurt' })).toBeTruthy()
})

it('says why no server can be added', async () => {
  stubApi({ [LIST]: list([first], 50) })
  await renderPage(<Here />)
  await screen.findByText('50 of 50 server slots used')
  expect(screen.getByRole('button', { name: 'Add server' }).hasAttribute('disabled')).toBe(true)
  expect(screen.getByRole('note', { name: /All 50 server slots are used/ })).toBeTruthy()
})

it('names what goes with a server before it is deleted', async () => {
  const calls = stubApi({
    [LIST]: list([first]),
    [`GET /tenants/t/servers/${first.id}/attached`]: {
      body: { assignments: 12, people: 1, open_consoles: 2, running_tasks: 0 },
    },
    [`DELETE /tenants/t/servers/${first.id}`]: { status: 204 },
  })
  await renderPage(<Here />)
  await screen.findByRole('link', { name: 'Frankfurt' })
  await choose('Frankfurt', 'Delete')
  expect(await screen.findByText(/12 assignments of 1 person and 2 open consoles/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Delete Frankfurt' }))
  await waitFor(() => expect(calls.some(call => call.method === 'DELETE')).toBe(true))
})

it('deactivates after a question, with everything else as it was', async () => {
  const path = `/tenants/t/servers/${first.id}`
  const calls = stubApi({ [LIST]: list([first]), [`PUT ${path}`]: { body: first } })
  await renderPage(<Here />)
  await screen.findByRole('link', { name: 'Frankfurt' })
  await choose('Frankfurt', 'Deactivate')
  await userEvent.click(await screen.findByRole('button', { name: 'Deactivate Frankfurt' }))
  await waitFor(() => expect(calls.some(call => call.method === 'PUT')).toBe(true))
  const change = calls.find(call => call.method === 'PUT')
  expect(change).toMatchObject({
    ifMatch: '"1"',
    body: { is_active: false, host: 'pve.example.org', name: 'Frankfurt' },
  })
  expect(change?.body).not.toHaveProperty('api_token')
})

it('makes the second server of a cluster a fall-back of the first, then offers to delete it', async () => {
  let stored = first
  const path = `/tenants/t/servers/${first.id}`
  const calls = stubApi({
    [LIST]: list([first, second]),
    [`GET ${path}`]: () => ({ body: stored }),
    [`PUT ${path}`]: () => {
      stored = { ...first, connection: makeConnection({ use_fallbacks: true }) }
      return { body: stored }
    },
    'GET /tenants/t/servers/second/attached': {
      body: { assignments: 0, people: 0, open_consoles: 0, running_tasks: 0 },
    },
    'DELETE /tenants/t/servers/second': { status: 204 },
  })
  await renderPage(<Here />)
  await userEvent.click(await screen.findByRole('button', { name: 'Same cluster as Frankfurt' }))
  const remove = await screen.findByRole('button', { name: 'Delete …' })
  expect(remove.hasAttribute('disabled')).toBe(true)
  await waitFor(() =>
    expect(screen.getByRole('button', { name: 'Use fall-backs' }).hasAttribute('disabled')).toBe(false),
  )
  await userEvent.click(screen.getByRole('button', { name: 'Use fall-backs' }))
  expect(await screen.findByText(/Frankfurt uses the other nodes/)).toBeTruthy()
  expect(calls.find(call => call.method === 'PUT')?.body).toMatchObject({ use_fallbacks: true })
  await userEvent.click(screen.getByRole('button', { name: 'Delete …' }))
  expect(await screen.findByText(/No assignment, console or task/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Delete Second node' }))
  await waitFor(() => expect(calls.some(call => call.method === 'DELETE')).toBe(true))
})

it('opens a copy with everything but the token', async () => {
  stubApi({ [LIST]: list([second]) })
  await renderPage(<Here />)
  await screen.findByRole('link', { name: 'Second node' })
  await choose('Second node', 'Duplicate')
  expect((await screen.findByLabelText<HTMLInputElement>('Name')).value).toBe('Second node copy')
  expect(screen.getByLabelText<HTMLInputElement>('Host').value).toBe('pve2.example.org')
})

it('checks all, and says what came of it', async () => {
  const run = {
    id: 'r',
    total: 2,
    done: 0,
    failed: 0,
    started_at: '2026-01-01T00:00:00Z',
    ended_at: null as string | null,
  }
  const calls = stubApi({
    [LIST]: list([first, second]),
    'GET /tenants/t/servers/check': { body: { run: null } },
    'POST /tenants/t/servers/check': { status: 202, body: run },
  })
  await renderPage(<Here />)
  await userEvent.click(await screen.findByRole('button', { name: 'Check all' }))
  expect(await screen.findByText('0 of 2 checked')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Check all' }).hasAttribute('disabled')).toBe(true)
  expect(calls.some(call => call.method === 'POST' && call.path.endsWith('/servers/check'))).toBe(true)
})

it('shows a check of all that somebody else has begun, and its result', async () => {
  const ended_at = new Date().toISOString()
  stubApi({
    [LIST]: list([first, second]),
    'GET /tenants/t/servers/check': {
      body: { run: { id: 'r', total: 2, done: 2, failed: 1, started_at: '2026-01-01T00:00:00Z', ended_at } },
    },
  })
  await renderPage(<Here />)
  expect(await screen.findByText('1 of 2 servers do not answer.')).toBeTruthy()
})
