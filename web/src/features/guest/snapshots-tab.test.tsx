import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { SnapshotsTab } from '@/features/guest/snapshots-tab'
import type { Snapshot, SnapshotList } from '@/lib/api/types'
import { makeGuest } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const guest = makeGuest({ may: { console: true, watch: true, power: true, snapshot: true } })
const BASE = `/tenants/t/guests/${guest.server.id}/qemu/100/snapshots`
const snap = (name: string, parent: string | null, values: Partial<Snapshot> = {}): Snapshot => ({
  name,
  parent,
  description: '',
  created_at: '2026-01-01T12:00:00Z',
  with_memory: false,
  state: null,
  ...values,
})
const LIST: SnapshotList = {
  snapshots: [snap('base', null), snap('update', 'base', { with_memory: true, description: 'Before 13' })],
  current: 'update',
  running: true,
  memory: true,
}
const task = (action: string, snapshot: string) => ({
  id: 'task-1',
  guest: { server: guest.server.id, type: 'qemu', vmid: 100 },
  guest_name: 'web-01',
  action,
  snapshot,
  state: 'running',
  user_name: 'Jane Doe',
  created_at: '2026-01-01T12:00:00Z',
  may: { stop: true, log: true },
})
const replies = (list: SnapshotList = LIST) => ({
  [`GET ${BASE}`]: { body: list },
  'GET /tenants/t/tasks': { body: { tasks: [] } },
})
const sent = (calls: ReturnType<typeof stubApi>) => calls.filter(call => call.method !== 'GET')

it('shows the tree down to now', async () => {
  stubApi(replies())
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  const list = await screen.findByRole('list', { name: 'Snapshots' })
  const rows = within(list).getAllByRole('listitem')
  expect(rows).toHaveLength(3)
  expect(rows[1]?.textContent).toContain('with RAM')
  expect(rows[1]?.textContent).toContain('comes after base')
  expect(rows[2]?.textContent).toContain('Now')
})

it('takes a snapshot with memory, after a name that PVE takes', async () => {
  const calls = stubApi({ ...replies(), [`POST ${BASE}`]: { status: 202, body: task('snapshot_create', 'fresh') } })
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Take snapshot' }))
  const dialog = await screen.findByRole('dialog', { name: 'Take a snapshot of web-01' })
  const name = within(dialog).getByLabelText('Name')
  await userEvent.type(name, '1st{Enter}')
  expect((await within(dialog).findByRole('alert')).textContent).toContain('a letter first')
  await userEvent.clear(name)
  await userEvent.type(name, 'update{Enter}')
  expect(within(dialog).getByRole('alert').textContent).toContain('already')
  expect(sent(calls)).toEqual([])
  await userEvent.clear(name)
  await userEvent.type(name, 'fresh')
  await userEvent.type(within(dialog).getByLabelText('Description'), ' before the move ')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Take snapshot' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(sent(calls).map(call => call.body)).toEqual([
    { name: 'fresh', description: 'before the move', with_memory: true },
  ])
})

it('cannot take the memory of what does not run', async () => {
  stubApi(replies({ ...LIST, running: false, memory: false }))
  await renderPage(<SnapshotsTab tenant="t" guest={{ ...guest, status: 'stopped' }} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Take snapshot' }))
  const memory = await screen.findByRole<HTMLInputElement>('checkbox', { name: /With memory/ })
  expect([memory.disabled, memory.checked]).toEqual([true, false])
})

it('asks before it rolls back, with the focus on cancel, and starts again what ran', async () => {
  const back = `POST ${BASE}/base/rollback`
  const calls = stubApi({ ...replies(), [back]: { status: 202, body: task('snapshot_rollback', 'base') } })
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Roll back base' }))
  const dialog = await screen.findByRole('alertdialog', { name: 'Roll web-01 back to base?' })
  expect(document.activeElement).toBe(within(dialog).getByRole('button', { name: 'Cancel' }))
  expect(dialog.textContent).toContain('is lost')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Roll back web-01' }))
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
  expect(sent(calls).map(call => call.body)).toEqual([{ start: true }])
})

it('keeps the question open with the reason when the server refuses to delete', async () => {
  stubApi({
    ...replies(),
    [`DELETE ${BASE}/update`]: { status: 502, body: { code: 'pve_unreachable', detail: 'away' } },
  })
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  await userEvent.click(await screen.findByRole('button', { name: 'More actions for update' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Delete snapshot' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Delete update' }))
  expect((await screen.findByRole('alert')).textContent).toContain('away')
})

it('changes a description', async () => {
  const changed = snap('update', 'base', { description: 'Keep' })
  const calls = stubApi({ ...replies(), [`PATCH ${BASE}/update`]: { body: changed } })
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  await userEvent.click(await screen.findByRole('button', { name: 'More actions for update' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Edit description' }))
  const text = await screen.findByLabelText<HTMLTextAreaElement>('Description')
  expect(text.value).toBe('Before 13')
  await userEvent.clear(text)
  await userEvent.type(text, 'Keep')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Keep')).toBeTruthy()
  expect(sent(calls).map(call => call.body)).toEqual([{ description: 'Keep' }])
})

it('says why nothing can be done to a locked guest, and who works on it', async () => {
  stubApi({ ...replies(), 'GET /tenants/t/tasks': { body: { tasks: [task('snapshot_create', 'fresh')] } } })
  await renderPage(<SnapshotsTab tenant="t" guest={guest} />)
  expect(await screen.findByText('fresh is being made')).toBeTruthy()
  const button = screen.getByRole<HTMLButtonElement>('button', { name: 'Take snapshot' })
  expect(button.disabled).toBe(true)
  expect(button.closest('[role=note]')?.getAttribute('aria-label')).toBe('Jane Doe: Take snapshot is still running.')
})

it('asks nothing for whoever may not see snapshots', async () => {
  const calls = stubApi(replies())
  const may = { console: true, watch: true, power: true, snapshot: false }
  await renderPage(<SnapshotsTab tenant="t" guest={{ ...guest, may }} />)
  expect(screen.getByText('Snapshots are not for you')).toBeTruthy()
  expect(calls.filter(call => call.path === BASE)).toEqual([])
})
