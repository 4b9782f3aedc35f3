import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { CreateUserDialog } from '@/features/system/create-user-dialog'
import { DeleteUserDialog } from '@/features/system/delete-user-dialog'
import { EditUserDialog } from '@/features/system/edit-user-dialog'
import { filterServers, isTroubled } from '@/features/system/server-filter'
import { TenantsPage } from '@/features/system/tenants-page'
import { UsersPage } from '@/features/system/users-page'
import type { Account, AnyServer, Organisation } from '@/lib/api/types'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const makeAccount = (values: Partial<Account> = {}): Account => ({
  id: 'u1',
  email: 'ben@example.org',
  full_name: 'Ben',
  company: '',
  system_role: 'user',
  is_active: true,
  verified: true,
  created_at: '2026-01-01T00:00:00Z',
  tenants: [],
  sessions: 1,
  version: 7,
  ...values,
})

const acme: Organisation = {
  id: 't1',
  slug: 'acme',
  name: 'Acme',
  description: '',
  is_active: true,
  created_at: '2026-01-01T00:00:00Z',
  members: 2,
  servers: 1,
  guests: 3,
  admins: [],
  version: 4,
}

const link = { link: 'https://nexus/reset#s', expires_at: '2026-01-02T00:00:00Z', mailed: false }

it('makes an account and shows its link', async () => {
  const calls = stubApi({ 'POST /users': { status: 201, body: { account: makeAccount(), link } } })
  await renderPage(<CreateUserDialog onClose={vi.fn()} />)
  await userEvent.type(screen.getByLabelText('Full name'), 'Ben')
  await userEvent.type(screen.getByLabelText('E-mail'), 'ben@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText('Ben has an account')).toBeTruthy()
  expect(screen.getByDisplayValue('https://nexus/reset#s')).toBeTruthy()
  expect(calls[0]?.body).toEqual({ full_name: 'Ben', email: 'ben@example.org', system_role: 'user' })
})

it('brings an address that is taken to its field', async () => {
  stubApi({ 'POST /users': { status: 409, body: { code: 'email_taken' } } })
  await renderPage(<CreateUserDialog onClose={vi.fn()} />)
  await userEvent.type(screen.getByLabelText('Full name'), 'Ben')
  await userEvent.type(screen.getByLabelText('E-mail'), 'ben@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Create' }))
  expect(await screen.findByText('This address belongs to another account.')).toBeTruthy()
  expect(screen.getByLabelText('E-mail').getAttribute('aria-invalid')).toBe('true')
})

it('sends only what was changed, for the version that was opened', async () => {
  const calls = stubApi({ 'PATCH /users/u1': { body: makeAccount({ version: 8 }) } })
  const onClose = vi.fn()
  await renderPage(<EditUserDialog account={makeAccount()} onClose={onClose} />)
  await userEvent.click(screen.getByLabelText(/Account is active/))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls[0]).toMatchObject({ body: { is_active: false }, ifMatch: '"7"' })
})

it('keeps what was typed when somebody else changed the account', async () => {
  const patch = ({ ifMatch }: Call) =>
    ifMatch === '"9"' ? { body: makeAccount() } : { status: 412, body: { code: 'changed_meanwhile' } }
  const calls = stubApi({
    'PATCH /users/u1': patch,
    'GET /users/u1': { body: makeAccount({ version: 9, email: 'new@example.org' }) },
  })
  await renderPage(<EditUserDialog account={makeAccount()} onClose={vi.fn()} />)
  const name = screen.getByLabelText<HTMLInputElement>('Full name')
  await userEvent.clear(name)
  await userEvent.type(name, 'Benjamin')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await screen.findByDisplayValue('new@example.org')
  expect(name.value).toBe('Benjamin')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.at(-1)).toMatchObject({ body: { full_name: 'Benjamin' }, ifMatch: '"9"' }))
})

it('deletes only after the address was typed, and asks who follows', async () => {
  let asked = false
  const calls = stubApi({
    'DELETE /users/u1': () => {
      if (asked) return { status: 204 }
      asked = true
      return { status: 409, body: { code: 'needs_successor' } }
    },
    'GET /users': { body: { accounts: [makeAccount(), makeAccount({ id: 'u2', full_name: 'Anna' })], total: 2 } },
  })
  const onClose = vi.fn()
  await renderPage(<DeleteUserDialog account={makeAccount()} onClose={onClose} />)
  const confirm = screen.getByRole<HTMLButtonElement>('button', { name: 'Delete Ben' })
  expect(confirm.disabled).toBe(true)
  await userEvent.type(screen.getByLabelText('Type the address to confirm'), 'BEN@example.org')
  await userEvent.click(confirm)
  const choice = await screen.findByRole('group', { name: 'Who becomes administrator instead?' })
  expect(confirm.disabled).toBe(true)
  await userEvent.click(await within(choice).findByLabelText(/Anna/))
  expect(within(choice).queryByLabelText(/Ben/)).toBeNull()
  await userEvent.click(confirm)
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls.filter(call => call.method === 'DELETE')).toHaveLength(2)
})

it('asks before a tenant is deactivated', async () => {
  const calls = stubApi({
    'GET /tenants': { body: { tenants: [acme], total: 1 } },
    'PATCH /tenants/t1': { body: { ...acme, is_active: false } },
  })
  await renderPage(<TenantsPage q="" onSearch={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'More actions for Acme' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Deactivate' }))
  expect(calls.some(call => call.method === 'PATCH')).toBe(false)
  await userEvent.click(await screen.findByRole('button', { name: 'Deactivate Acme' }))
  await waitFor(() =>
    expect(calls.find(call => call.method === 'PATCH')).toMatchObject({ body: { is_active: false }, ifMatch: '"4"' }),
  )
})

it('says what to do where there are no users, and why they did not come', async () => {
  stubApi({ 'GET /users': { status: 403, body: { code: 'forbidden' } } })
  await renderPage(<UsersPage q="" onSearch={vi.fn()} />)
  expect(await screen.findByText('The users could not be loaded')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeTruthy()
})

const server = (values: Partial<AnyServer>): AnyServer => ({
  id: 's',
  tenant: { id: 't1', slug: 'acme', name: 'Acme Hosting' },
  name: 'Frankfurt',
  host: 'pve.example.org',
  port: 8006,
  origin: 'own',
  etag: '"1"',
  is_active: true,
  status: 'online',
  guests: { running: 1, stopped: 0, other: 0 },
  ...values,
})

it('finds servers by all words, and those with problems', () => {
  const rows = [
    server({}),
    server({ name: 'Lab', status: 'offline' }),
    server({ name: 'Off', is_active: false, status: 'offline' }),
  ]
  expect(filterServers(rows, 'acme frank', false).map(row => row.name)).toEqual(['Frankfurt'])
  expect(filterServers(rows, 'frank nobody', false)).toEqual([])
  expect(filterServers(rows, '', true).map(row => row.name)).toEqual(['Lab'])
  expect(rows.map(isTroubled)).toEqual([false, true, false])
})
