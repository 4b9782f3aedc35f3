import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { ExplorerPage, type ExplorerSearch } from '@/features/explorer/explorer-page'
import { makeMethod, makeParameter } from '@/features/explorer/fixtures'
import type { PvePath } from '@/lib/api/types'
import { makeGuest, makeServer, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

const node = makeParameter('node', { in_path: true })
const vmid = makeParameter('vmid', { in_path: true, type: 'integer', minimum: 100 })
const paths: PvePath[] = [
  {
    path: '/access/ticket',
    methods: [makeMethod({ method: 'POST', may: 'closed', why: 'It gives out credentials.' })],
  },
  { path: '/cluster/resources', methods: [makeMethod({ parameters: [makeParameter('type', { optional: true })] })] },
  {
    path: '/nodes/{node}/qemu/{vmid}',
    methods: [
      makeMethod({
        method: 'DELETE',
        parameters: [node, vmid],
        may: 'scoped',
        changes: true,
        destroys: true,
        pvesh: 'delete',
      }),
    ],
  },
]

const answer = (status: number, reason: string, body: unknown) => ({
  body: { status, reason, content_type: 'application/json', body: JSON.stringify(body), truncated: false, took_ms: 12 },
})

const tenant = makeTenant()
const server = makeServer()
const base = `/tenants/${tenant.id}`
const CALL = `POST ${base}/servers/${server.id}/pve/call`

function api(more: Parameters<typeof stubApi>[0] = {}) {
  return stubApi({
    [`GET ${base}/servers`]: { body: { servers: [server], slots: { used: 1, limit: 50 } } },
    [`GET ${base}/servers/${server.id}/pve/schema`]: {
      body: { version: '9.2.1', fetched_at: '2026-01-01T00:00:00Z', paths },
    },
    [`GET ${base}/guests`]: { body: { guests: [makeGuest()], next_cursor: null, servers: [] } },
    [`GET ${base}/pve-calls`]: { body: { calls: [] } },
    [`GET ${base}/pve-favourites`]: { body: { favourites: [] } },
    ...more,
  })
}

function Explorer({ search: first }: { search: ExplorerSearch }) {
  const [search, setSearch] = useState(first)
  return <ExplorerPage tenant={tenant} search={search} onSearch={change => setSearch(old => ({ ...old, ...change }))} />
}

const show = (search: ExplorerSearch = {}) => renderPage(<Explorer search={search} />)

describe('the explorer', () => {
  it('says before trying that a call is closed, and why', async () => {
    api()
    await show({ path: '/access/ticket', method: 'POST' })
    expect(await screen.findByText('It gives out credentials.')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Run POST' })).toHaveProperty('disabled', true)
  })

  it('makes a call with what was added, and shows the answer as a table', async () => {
    const calls = api({ [CALL]: answer(200, 'OK', { data: [{ vmid: 100, name: 'web-01' }] }) })
    await show({ path: '/cluster/resources' })
    const user = userEvent.setup()
    const add = await screen.findByRole('combobox', { name: 'Add a parameter' })
    await user.type(add, 'ty')
    await user.keyboard('{ArrowDown}{Enter}')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('type')))
    await user.keyboard('vm{Enter}')
    const table = await screen.findByRole('table', { name: 'Answer' })
    expect(
      within(table)
        .getAllByRole('columnheader')
        .map(head => head.textContent),
    ).toEqual(['vmid', 'name'])
    expect(calls.find(call => call.method === 'POST')?.body).toEqual({
      method: 'GET',
      path: '/cluster/resources',
      params: [{ name: 'type', value: 'vm' }],
    })
  })

  it('asks before what destroys, with the name of the guest and the call as it goes out', async () => {
    const calls = api({ [CALL]: answer(200, 'OK', { data: 'UPID:x' }) })
    await show({ path: '/nodes/{node}/qemu/{vmid}', method: 'DELETE' })
    fireEvent.change(await screen.findByLabelText('node'), { target: { value: 'fra-1' } })
    fireEvent.change(screen.getByLabelText('vmid'), { target: { value: '100' } })
    fireEvent.click(screen.getByRole('button', { name: 'Run DELETE' }))
    const dialog = await screen.findByRole('alertdialog')
    expect(dialog.textContent).toContain('web-01')
    expect(dialog.textContent).toContain('DELETE /nodes/fra-1/qemu/100')
    expect(document.activeElement?.textContent).toBe('Cancel')
    expect(calls.some(call => call.method === 'POST')).toBe(false)
    fireEvent.click(within(dialog).getByRole('button', { name: 'Delete web-01' }))
    expect(await screen.findByText('200 OK')).toBeTruthy()
  })

  it('marks what is missing and does not call', async () => {
    const calls = api()
    await show({ path: '/nodes/{node}/qemu/{vmid}', method: 'DELETE' })
    fireEvent.change(await screen.findByLabelText('vmid'), { target: { value: '99' } })
    fireEvent.click(screen.getByRole('button', { name: 'Run DELETE' }))
    expect(await screen.findByText('Please fill this in.')).toBeTruthy()
    expect(screen.getByText('At least 100.')).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByLabelText('node'))
    expect(calls.some(call => call.method === 'POST')).toBe(false)
  })

  it("shows PVE's refusal with its parameters, and Nexus' own", async () => {
    const refused = answer(400, 'Parameter verification failed.', { data: null, errors: { type: 'not one of these' } })
    api({ [CALL]: refused })
    await show({ path: '/cluster/resources' })
    fireEvent.click(await screen.findByRole('button', { name: 'Run GET' }))
    expect(await screen.findByText('400 Parameter verification failed.')).toBeTruthy()
    expect(screen.getByText('not one of these')).toBeTruthy()
    api({ [CALL]: { status: 403, body: { code: 'pve_role', detail: 'Only admins.' } } })
    fireEvent.click(screen.getByRole('button', { name: 'Run GET' }))
    expect(await screen.findByText(/Your role does not allow this call/)).toBeTruthy()
    const errors = [{ field: 'type', code: 'pve_refused', detail: 'is not known' }]
    api({ [CALL]: { status: 422, body: { code: 'pve_parameters', detail: '', errors } } })
    fireEvent.click(screen.getByRole('button', { name: 'Run GET' }))
    expect(await screen.findByText('is not known')).toBeTruthy()
  })

  it('puts a call from before into its form, without what was masked', async () => {
    const params = [{ name: 'type', value: '********' }]
    const call = {
      id: 'c',
      server: server.id,
      method: 'GET',
      path: '/cluster/resources',
      params,
      took_ms: 1,
      at: '2026-01-01T00:00:00Z',
    }
    const calls = api({ [`GET ${base}/pve-calls`]: { body: { calls: [call] } } })
    await show()
    fireEvent.click(await screen.findByRole('radio', { name: 'History' }))
    fireEvent.click(await screen.findByRole('button', { name: /cluster\/resources/ }))
    expect(await screen.findByLabelText('type')).toHaveProperty('value', '')
    fireEvent.click(screen.getByRole('button', { name: 'Run GET' }))
    expect(await screen.findByText(/This value was not kept/)).toBeTruthy()
    expect(calls.some(one => one.method === 'POST')).toBe(false)
  })

  it.each([
    ['no_schema', 'Frankfurt serves no schema'],
    ['bad_schema', 'The schema of Frankfurt cannot be read'],
    ['too_large', 'The schema of Frankfurt is too large'],
  ])('says what to do about %s', async (code, title) => {
    api({ [`GET ${base}/servers/${server.id}/pve/schema`]: { status: 502, body: { code, detail: 'line 1' } } })
    await show()
    expect(await screen.findByText(title)).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
  })

  it('is closed on a server that several organisations share', async () => {
    const calls = api({
      [`GET ${base}/servers`]: { body: { servers: [{ ...server, origin: 'provided' }], slots: {} } },
    })
    await show({ server: server.id })
    expect(await screen.findByText('Frankfurt is closed here')).toBeTruthy()
    expect(calls.some(call => call.path.endsWith('/schema'))).toBe(false)
  })
})
