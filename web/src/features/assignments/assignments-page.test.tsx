import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { AssignmentsPage } from '@/features/assignments/assignments-page'
import type { Assignment } from '@/lib/api/types'
import { makeGuest, makeMember, makeTenant } from '@/lib/fixtures'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const asleep: Assignment = {
  id: 'a1',
  subject: { kind: 'user', id: 'u1', name: 'Anna Berg', email: 'anna@example.org', avatar: null },
  target: { kind: 'guest', server: makeGuest().server, type: 'qemu', vmid: 100, name: 'web-01' },
  permissions: ['view', 'watch', 'console'],
  until: null,
  expired: false,
  asleep: true,
  guests: 1,
  created_at: '2026-01-01T00:00:00Z',
  version: 2,
}

async function show(replies: Parameters<typeof stubApi>[0] = {}): Promise<Call[]> {
  const calls = stubApi({
    'GET /tenants/t/assignments': { body: { assignments: [asleep], next_cursor: null } },
    'GET /tenants/t/members': { body: { members: [makeMember()], total: 1, next_cursor: null } },
    'GET /tenants/t/groups': { body: { groups: [] } },
    'GET /tenants/t/guests': { body: { guests: [makeGuest()], servers: [], next_cursor: null } },
    ...replies,
  })
  await renderPage(<AssignmentsPage tenant={makeTenant()} search="" state="all" onSearch={vi.fn()} onState={vi.fn()} />)
  await screen.findByText('Anna Berg')
  return calls
}

it('gives rights on a tag, so that new guests follow', async () => {
  const calls = await show({ 'POST /tenants/t/assignments': { status: 201, body: asleep } })
  await userEvent.click(screen.getByRole('button', { name: 'Give rights' }))
  await userEvent.click(screen.getByLabelText('Person or group'))
  await userEvent.click(await screen.findByRole('option', { name: /Anna Berg/ }))
  await userEvent.click(screen.getByRole('radio', { name: 'Tag' }))
  await userEvent.click(screen.getByLabelText('Tag', { selector: 'input[role=combobox]' }))
  await userEvent.click(await screen.findByRole('option', { name: /web/ }))
  await userEvent.click(screen.getByRole('checkbox', { name: /Power/ }))
  await userEvent.click(screen.getAllByRole('button', { name: 'Give rights' }).at(-1) as HTMLElement)
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({
    subject: { kind: 'user', id: 'u1' },
    target: { kind: 'tag', name: 'web' },
    permissions: ['view', 'watch', 'console'],
    until: null,
  })
})

it('asks for what is missing, and sends nothing before', async () => {
  const calls = await show()
  await userEvent.click(screen.getByRole('button', { name: 'Give rights' }))
  await userEvent.click(screen.getAllByRole('button', { name: 'Give rights' }).at(-1) as HTMLElement)
  expect(await screen.findByText('Choose a person or a group from the list.')).toBeTruthy()
  expect(screen.getByText('Choose from the list.')).toBeTruthy()
  expect(calls.some(call => call.method === 'POST')).toBe(false)
})

it('changes rights of the version that is shown, and says when another was faster', async () => {
  const calls = await show({
    'PUT /tenants/t/assignments/a1': { status: 412, body: { code: 'changed_meanwhile', detail: 'x' } },
  })
  await userEvent.click(screen.getByRole('button', { name: 'More actions for Anna Berg, web-01' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Edit…' }))
  await userEvent.click(screen.getByRole('checkbox', { name: /Snapshots/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect((await screen.findByRole('alert')).textContent).toContain('Somebody changed this meanwhile')
  const put = calls.find(call => call.method === 'PUT')
  expect([put?.body, put?.ifMatch]).toEqual([
    { permissions: ['view', 'watch', 'console', 'snapshot'], until: null },
    '"2"',
  ])
})

it('wakes sleeping rights only after saying what that means', async () => {
  const calls = await show({ 'POST /tenants/t/assignments/a1/wake': { body: { ...asleep, asleep: false } } })
  await userEvent.click(screen.getByRole('button', { name: /Wake/ }))
  expect(await screen.findByText(/need not be the one that was meant/)).toBeTruthy()
  expect(calls.some(call => call.method === 'POST')).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'It is the one, wake' }))
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull())
})

it('looks at a file before it imports it', async () => {
  const row = { line: 2, email: 'anna@example.org', target: 'tag web', outcome: 'create', error: null }
  const bad = { line: 3, email: 'x', target: '', outcome: 'error', error: 'no such person' }
  const calls = await show({
    'POST /tenants/t/assignments/import': ({ body }) => ({
      body: { rows: [row, bad], done: !(body as { dry_run: boolean }).dry_run },
    }),
  })
  await userEvent.click(screen.getByRole('button', { name: 'Import CSV' }))
  await userEvent.type(screen.getByLabelText('Rows'), 'email,tag')
  await userEvent.click(screen.getByRole('button', { name: 'Preview' }))
  expect(await screen.findByText('no such person')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Import 1 row' }))
  expect(await screen.findByText('given')).toBeTruthy()
  expect(calls.filter(call => call.method === 'POST').map(call => (call.body as { dry_run: boolean }).dry_run)).toEqual(
    [true, false],
  )
})
