import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it } from 'vitest'
import { ConfigurationPage, type ConfigurationSearch } from '@/features/config-snapshots/configuration-page'
import type { ConfigSnapshot, Tenant } from '@/lib/api/types'
import { makeServer, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

const tenant = makeTenant()
const server = makeServer()
const base = `/tenants/${tenant.id}/servers/${server.id}`

const snapshot = (id: string, values: Partial<ConfigSnapshot> = {}): ConfigSnapshot => ({
  id,
  taken_by: 'Jane Doe',
  paths: 1,
  failed: 0,
  size_bytes: 100,
  changed: true,
  created_at: `2026-01-0${id}T00:00:00Z`,
  ...values,
})
const detail = (id: string, keyboard: string) => ({
  body: { snapshot: snapshot(id), parts: [{ path: '/cluster/options', status: 200, data: { keyboard }, error: null }] },
})

function api(more: Parameters<typeof stubApi>[0] = {}) {
  return stubApi({
    [`GET /tenants/${tenant.id}/servers`]: { body: { servers: [server], slots: { used: 1, limit: 50 } } },
    [`GET ${base}/config-plan`]: { body: { paths: ['/cluster/options'], every_hours: 24, next_at: null, version: 2 } },
    [`GET ${base}/config-snapshots`]: {
      body: {
        snapshots: [snapshot('3'), snapshot('2', { taken_by: '', changed: false }), snapshot('1')],
        next_cursor: null,
      },
    },
    [`GET ${base}/config-snapshots/3`]: detail('3', 'de'),
    [`GET ${base}/config-snapshots/1`]: detail('1', 'en'),
    ...more,
  })
}

function Configuration({ as = tenant }: { as?: Tenant }) {
  const [search, setSearch] = useState<ConfigurationSearch>({})
  return <ConfigurationPage tenant={as} server={server.id} search={search} onSearch={setSearch} />
}

describe("a server's configuration", () => {
  it('compares two snapshots, whichever is chosen first', async () => {
    api()
    await renderPage(<Configuration />)
    const boxes = await screen.findAllByRole('checkbox')
    const compare = () => screen.getByRole('button', { name: 'Compare' })
    expect(compare()).toHaveProperty('disabled', true)
    for (const box of [boxes[0], boxes[2]]) if (box) fireEvent.click(box)
    fireEvent.click(compare())
    expect(await screen.findByText('1 path changed')).toBeTruthy()
    expect(screen.getByText('/cluster/options')).toBeTruthy()
    const cells = within(screen.getByRole('table', { name: 'Changes' })).getAllByRole('cell')
    expect(cells.map(cell => cell.textContent)).toEqual([
      '{',
      '{',
      '  "keyboard": "en"',
      '  "keyboard": "de"',
      '}',
      '}',
    ])
  })

  it('keeps the last two that were chosen', async () => {
    api()
    await renderPage(<Configuration />)
    const boxes = await screen.findAllByRole<HTMLInputElement>('checkbox')
    for (const box of boxes) fireEvent.click(box)
    expect(boxes.map(box => box.checked)).toEqual([false, true, true])
  })

  it('changes the plan with the version that was shown, and says which path was refused', async () => {
    const errors = [{ field: 'paths', code: 'closed', detail: '/access/ticket cannot be kept' }]
    const calls = api({ [`PUT ${base}/config-plan`]: { status: 422, body: { code: 'invalid', errors } } })
    await renderPage(<Configuration />)
    fireEvent.click(await screen.findByRole('button', { name: 'Edit plan' }))
    const field = await screen.findByRole('textbox', { name: 'Paths' })
    fireEvent.change(field, { target: { value: 'cluster' } })
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(/cluster is not a path/)).toBeTruthy()
    fireEvent.change(field, { target: { value: '/pools\n/access/ticket' } })
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(/^\/access\/ticket: /)).toBeTruthy()
    const sent = calls.find(call => call.method === 'PUT')
    expect(sent).toMatchObject({ ifMatch: '"2"', body: { paths: ['/pools', '/access/ticket'], every_hours: 24 } })
  })

  it('asks before it deletes', async () => {
    const calls = api({ [`DELETE ${base}/config-snapshots/3`]: { status: 204 } })
    await renderPage(<Configuration />)
    const [more] = await screen.findAllByRole('button', { name: /^More actions/ })
    if (more) fireEvent.click(more)
    fireEvent.click(await screen.findByRole('menuitem', { name: 'Delete' }))
    const dialog = await screen.findByRole('alertdialog')
    expect(calls.some(call => call.method === 'DELETE')).toBe(false)
    fireEvent.click(within(dialog).getByRole('button', { name: 'Delete snapshot' }))
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  })

  it('leads to the plan first where there is none', async () => {
    api({
      [`GET ${base}/config-plan`]: { body: { paths: ['/pools'], every_hours: null, next_at: null, version: 0 } },
      [`GET ${base}/config-snapshots`]: { body: { snapshots: [], next_cursor: null } },
    })
    await renderPage(<Configuration />)
    fireEvent.click(await screen.findByRole('button', { name: 'Choose what is kept' }))
    expect(await screen.findByRole('dialog')).toBeTruthy()
  })

  it('is only looked at by who may not change', async () => {
    api()
    const may = { ...tenant.may, write_pve: false, delete_servers: false }
    await renderPage(<Configuration as={{ ...tenant, may }} />)
    expect(await screen.findByRole('button', { name: 'Edit plan' })).toHaveProperty('disabled', true)
    expect(await screen.findByRole('button', { name: 'Take snapshot now' })).toHaveProperty('disabled', true)
  })
})
