import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { MembersPage } from '@/features/members/members-page'
import { makeMember, makeTenant } from '@/lib/fixtures'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const lists = {
  'GET /tenants/t/members': { body: { members: [makeMember()], total: 1, next_cursor: null } },
  'GET /tenants/t/invitations': { body: { invitations: [] } },
  'GET /tenants/t/groups': { body: { groups: [] } },
  'GET /tenants/t/people': {
    body: { people: [{ id: 'u9', full_name: 'Carla Núñez', email: 'carla@example.com', avatar: null }] },
  },
}

type Replies = Parameters<typeof stubApi>[0]

async function show(replies: Replies = {}, tenant = makeTenant()): Promise<Call[]> {
  const calls = stubApi({ ...lists, ...replies })
  await renderPage(
    <MembersPage
      tenant={tenant}
      me="me"
      tab="members"
      search=""
      onTab={vi.fn()}
      onSearch={vi.fn()}
      access={() => 'rights of this person'}
    />,
  )
  await screen.findByText('Anna Berg')
  return calls
}

async function fromMenu(item: string) {
  await userEvent.click(screen.getByRole('button', { name: 'More actions for Anna Berg' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

it('adds a person that was found by name', async () => {
  const calls = await show({
    'POST /tenants/t/members': { status: 201, body: { member: makeMember(), invitation: null } },
  })
  await userEvent.click(screen.getByRole('button', { name: 'Add member' }))
  await userEvent.type(screen.getByRole('combobox'), 'car')
  await screen.findByRole('option', { name: /Carla Núñez/ })
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(screen.getByRole<HTMLInputElement>('combobox').value).toBe('carla@example.com')
  await userEvent.click(screen.getByRole('radio', { name: /Manager/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Add' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({ email: 'carla@example.com', role: 'manager' })
})

it('shows the link of an invitation once', async () => {
  const invitation = { id: 'i', email: 'new@x.org', role: 'viewer', link: 'https://n/invite#s', mailed: true }
  await show({
    'POST /tenants/t/members': {
      status: 201,
      body: { member: null, invitation: { ...invitation, expires_at: '2026-02-01T00:00:00Z' } },
    },
  })
  await userEvent.click(screen.getByRole('button', { name: 'Add member' }))
  await userEvent.type(screen.getByRole('combobox'), 'new@x.org')
  await userEvent.click(screen.getByRole('button', { name: 'Add' }))
  expect((await screen.findByLabelText<HTMLInputElement>('Link')).value).toBe('https://n/invite#s')
  expect(screen.getByText(/It was also sent by e-mail/)).toBeTruthy()
})

it('sends nothing that is no address, and says when somebody is a member already', async () => {
  const calls = await show({ 'POST /tenants/t/members': { status: 409, body: { code: 'duplicate', detail: 'x' } } })
  await userEvent.click(screen.getByRole('button', { name: 'Add member' }))
  await userEvent.type(screen.getByRole('combobox'), 'anna')
  await userEvent.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByText('This is not an e-mail address.')).toBeTruthy()
  expect(calls.some(call => call.method === 'POST')).toBe(false)
  await userEvent.type(screen.getByRole('combobox'), '@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByText(/is a member already/)).toBeTruthy()
})

it('changes a role of the version that is shown, and keeps the last administrator', async () => {
  const calls = await show({
    'PATCH /tenants/t/members/u1': { status: 409, body: { code: 'last_admin', detail: 'x' } },
  })
  await fromMenu('Change role…')
  await userEvent.click(screen.getByRole('radio', { name: /Admin/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Change role' }))
  expect((await screen.findByRole('alert')).textContent).toContain('last administrator')
  const change = calls.find(call => call.method === 'PATCH')
  expect([change?.body, change?.ifMatch]).toEqual([{ role: 'admin' }, '"3"'])
})

it('asks for the password before a password link, and then makes it', async () => {
  let confirmed = false
  await show({
    'POST /me/confirm': () => {
      confirmed = true
      return { status: 204 }
    },
    'POST /tenants/t/members/u1/reset-link': () =>
      confirmed
        ? { status: 201, body: { link: 'https://n/reset#s', expires_at: '2026-02-01T00:00:00Z', mailed: false } }
        : { status: 403, body: { code: 'confirm_required', detail: 'x' } },
  })
  await fromMenu('Password link…')
  await userEvent.click(screen.getByRole('button', { name: 'Make link' }))
  await userEvent.type(await screen.findByLabelText('Your password'), 'secret{Enter}')
  expect((await screen.findByLabelText<HTMLInputElement>('Link')).value).toBe('https://n/reset#s')
})

it('opens a person with what another feature knows of them', async () => {
  await show()
  await userEvent.click(screen.getByRole('button', { name: /anna@example.org/ }))
  expect(within(await screen.findByRole('dialog')).getByText('rights of this person')).toBeTruthy()
})

it('offers nothing to who may only look', async () => {
  const may = { ...makeTenant().may, manage_members: false }
  const look = makeMember({ may: { edit: false, remove: false, reset: false, disable: false } })
  await show(
    { 'GET /tenants/t/members': { body: { members: [look], total: 1, next_cursor: null } } },
    makeTenant({ may }),
  )
  expect(screen.queryByRole('button', { name: 'Add member' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'More actions for Anna Berg' }))
  expect((await screen.findAllByRole('menuitem')).map(item => item.textContent)).toEqual(['Guests and rights'])
})
