import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { TokensPart } from '@/features/profile/tokens-part'
import type { ApiToken, Me, NewApiToken } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const me: Me = {
  user: {
    id: 'u',
    full_name: 'Jane Doe',
    email: 'jane@example.org',
    user_name: null,
    company: '',
    avatar: null,
    verified: true,
    system_role: 'user',
    language: 'en',
    theme: 'system',
  },
  tenants: [{ id: 't', slug: 'acme', name: 'Acme', role: 'viewer', is_active: true, logo: null }],
  mail: true,
}
const day = 86_400_000
const token: ApiToken = {
  id: 'k1',
  name: 'terraform',
  pve_id: '0192f0aa7c3e@nexus!terraform',
  scopes: ['read', 'power'],
  tenant: { id: 't', slug: 'acme', name: 'Acme' },
  server: { id: 's', name: 'Frankfurt' },
  created_at: new Date(Date.now() - day).toISOString(),
  expires_at: new Date(Date.now() + 30.5 * day).toISOString(),
  used_at: new Date(Date.now() - 2 * day).toISOString(),
  used_address: '192.0.2.7',
}
const made: NewApiToken = { token, secret: 'SECRET', pve_header: 'PVEAPIToken=x=SECRET', bearer: 'Bearer SECRET' }
const LIST = 'GET /me/tokens'
const MAKE = 'POST /me/tokens'
const none = { body: { tokens: [], may_make: 50 } }

async function fill(name: string) {
  await renderPage(<TokensPart me={me} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Make a token' }))
  await userEvent.type(screen.getByLabelText('Name'), name)
}
const submit = () => userEvent.click(screen.getByRole('button', { name: 'Make token' }))

it('makes a token for one server, and shows its secret once', async () => {
  const calls = stubApi({
    [LIST]: none,
    [MAKE]: { status: 201, body: made },
    'GET /tenants/t/guests': { body: { guests: [], servers: [{ id: 's', name: 'Frankfurt' }], next_cursor: null } },
  })
  await fill('terraform')
  const server = screen.getByLabelText<HTMLSelectElement>('Server')
  expect(server.disabled).toBe(true)
  await userEvent.selectOptions(screen.getByLabelText('Tenant'), 'Acme')
  await userEvent.selectOptions(server, await screen.findByRole('option', { name: 'Frankfurt' }))
  await userEvent.click(screen.getByRole('checkbox', { name: /^Power/ }))
  await userEvent.selectOptions(screen.getByLabelText('Expires in'), '30 days')
  await submit()
  const dialog = await screen.findByRole('dialog', { name: 'The token terraform is made' })
  expect(within(dialog).getByText('SECRET')).toBeTruthy()
  expect(within(dialog).getByText('PVEAPIToken=x=SECRET')).toBeTruthy()
  await userEvent.click(within(dialog).getByRole('radio', { name: 'Terraform' }))
  expect(within(dialog).getByText(/api_token = "0192f0aa7c3e@nexus!terraform=SECRET"/)).toBeTruthy()
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({
    name: 'terraform',
    scopes: ['read', 'power'],
    tenant: 't',
    server: 's',
    expires_in_days: 30,
  })
  await userEvent.keyboard('{Escape}')
  expect(within(dialog).getByRole('alert').textContent).toContain('not shown again')
  await userEvent.click(within(dialog).getByRole('button', { name: 'I have copied it' }))
  expect(screen.queryByText('SECRET')).toBeNull()
})

it('asks for the password where Nexus wants it, and makes the token then', async () => {
  let confirmed = false
  const calls = stubApi({
    [LIST]: none,
    [MAKE]: () =>
      confirmed ? { status: 201, body: made } : { status: 403, body: { code: 'confirm_required', detail: 'x' } },
    'POST /me/confirm': () => {
      confirmed = true
      return { status: 204 }
    },
  })
  await fill('ci')
  await submit()
  await userEvent.type(await screen.findByLabelText('Your password'), 'secret words')
  await userEvent.click(screen.getByRole('button', { name: 'Go on' }))
  expect(await screen.findByRole('dialog', { name: 'The token terraform is made' })).toBeTruthy()
  expect(calls.filter(call => call.path === '/me/tokens' && call.method === 'POST')).toHaveLength(2)
})

it('says what is wrong at its place, and keeps what was typed', async () => {
  const calls = stubApi({ [LIST]: none, [MAKE]: { status: 409, body: { code: 'duplicate', detail: 'x' } } })
  await fill('1ci')
  await userEvent.click(screen.getByRole('checkbox', { name: /^Read/ }))
  await submit()
  expect(await screen.findByText(/A letter first/)).toBeTruthy()
  expect(screen.getByText('Choose at least one.')).toBeTruthy()
  expect(calls.some(call => call.method === 'POST')).toBe(false)
  await userEvent.clear(screen.getByLabelText('Name'))
  await userEvent.type(screen.getByLabelText('Name'), 'ci')
  await userEvent.click(screen.getByRole('checkbox', { name: /^Manage/ }))
  await submit()
  expect(await screen.findByText('You have a token of this name already.')).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('ci')
})

it('lists what each may, where, for how long and when it was used, and revokes one', async () => {
  const expired = {
    ...token,
    id: 'k2',
    name: 'old',
    expires_at: token.created_at,
    used_at: null,
    tenant: null,
    server: null,
  }
  let tokens = [token, expired]
  const calls = stubApi({
    [LIST]: () => ({ body: { tokens, may_make: 48 } }),
    'DELETE /me/tokens/k1': () => {
      tokens = [expired]
      return { status: 204 }
    },
  })
  await renderPage(<TokensPart me={me} />)
  const rows = within(await screen.findByRole('list', { name: 'API tokens' })).getAllByRole('listitem')
  for (const text of ['Read', 'Power', 'Acme · Frankfurt', 'expires in 30 days', '0192f0aa7c3e@nexus!terraform'])
    expect(within(rows[0] as HTMLElement).getByText(text)).toBeTruthy()
  expect(within(rows[0] as HTMLElement).getByText('192.0.2.7', { exact: false })).toBeTruthy()
  for (const text of ['all my tenants', 'expired yesterday', 'never used'])
    expect(within(rows[1] as HTMLElement).getByText(text)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Revoke terraform' }))
  const ask = await screen.findByRole('alertdialog')
  expect(document.activeElement?.textContent).toBe('Cancel')
  await userEvent.click(within(ask).getByRole('button', { name: 'Revoke terraform' }))
  await waitFor(() => expect(screen.queryByText('terraform')).toBeNull())
  expect(calls.some(call => call.method === 'DELETE')).toBe(true)
})

it('says why no more can be made', async () => {
  stubApi({ [LIST]: { body: { tokens: [token], may_make: 0 } } })
  await renderPage(<TokensPart me={me} />)
  expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Make a token' })).disabled).toBe(true)
  expect(screen.getByRole('note', { name: /as many tokens as one person may/ })).toBeTruthy()
})
