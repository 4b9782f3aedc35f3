import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { pictureProblem } from '@/features/profile/picture'
import { ProfilePage } from '@/features/profile/profile-page'
import type { Me, Session } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const me: Me = {
  user: {
    id: 'u1',
    email: 'jane@example.org',
    full_name: 'Jane Doe',
    user_name: null,
    company: '',
    avatar: null,
    verified: false,
    system_role: 'user',
    language: 'en',
    theme: 'system',
  },
  tenants: [],
  mail: true,
}

const session = (id: string, current: boolean): Session => ({
  id,
  current,
  created_at: '2026-01-01T00:00:00Z',
  used_at: '2026-01-02T00:00:00Z',
  expires_at: '2026-02-01T00:00:00Z',
  address: '192.0.2.1',
  user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
})
const SESSIONS = { 'GET /me/sessions': { body: { sessions: [session('s1', true), session('s2', false)] } } }

it('saves the names, and brings a user name that is taken to its field', async () => {
  const calls = stubApi({ ...SESSIONS, 'PATCH /me': { status: 409, body: { code: 'user_name_taken' } } })
  await renderPage(<ProfilePage me={me} />)
  await userEvent.type(screen.getByLabelText('User name'), 'jane')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('This user name belongs to another account.')).toBeTruthy()
  const patch = calls.find(call => call.method === 'PATCH')
  expect(patch?.body).toEqual({ full_name: 'Jane Doe', user_name: 'jane', company: '' })
})

it('says which password is wrong', async () => {
  stubApi({ ...SESSIONS, 'PUT /me/password': { status: 401, body: { code: 'invalid_credentials' } } })
  await renderPage(<ProfilePage me={me} />)
  await userEvent.type(screen.getByLabelText('Present password'), 'wrong')
  await userEvent.type(screen.getByLabelText('New password'), 'correct horse')
  await userEvent.click(screen.getByRole('button', { name: 'Change the password' }))
  expect(await screen.findByText('This is not your password.')).toBeTruthy()
  expect(screen.getByLabelText('Present password').getAttribute('aria-invalid')).toBe('true')
})

it('asks for the password before the address changes, and says where the link went', async () => {
  let said = false
  const calls = stubApi({
    ...SESSIONS,
    'POST /me/confirm': () => {
      said = true
      return { status: 204 }
    },
    'POST /me/email': () => (said ? { status: 202 } : { status: 403, body: { code: 'confirm_required' } }),
  })
  await renderPage(<ProfilePage me={me} />)
  await userEvent.click(screen.getByRole('button', { name: 'Change the address' }))
  await userEvent.type(screen.getByLabelText('New address'), 'jane@example.com')
  await userEvent.click(screen.getByRole('button', { name: 'Send the link' }))
  await userEvent.type(await screen.findByLabelText('Your password'), 'secret{Enter}')
  expect(await screen.findByText('jane@example.com')).toBeTruthy()
  expect(calls.filter(call => call.path === '/me/email')).toHaveLength(2)
})

it('offers nothing by mail where none can be sent', async () => {
  stubApi(SESSIONS)
  await renderPage(<ProfilePage me={{ ...me, mail: false }} />)
  expect(screen.getByText(/sends no e-mails/)).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Verify the address' })).toBeNull()
})

it('ends other sessions, but not this one', async () => {
  const calls = stubApi({ ...SESSIONS, 'DELETE /me/sessions/s2': { status: 204 } })
  await renderPage(<ProfilePage me={me} />)
  const rows = within(await screen.findByRole('list', { name: 'Sessions' })).getAllByRole('listitem')
  expect(rows[0]?.textContent).toContain('This browser')
  expect(screen.getAllByRole('button', { name: 'End Firefox on Linux' })).toHaveLength(1)
  await userEvent.click(screen.getByRole('button', { name: 'End Firefox on Linux' }))
  await waitFor(() =>
    expect(calls.some(call => call.method === 'DELETE' && call.path === '/me/sessions/s2')).toBe(true),
  )
})

it('does not send what is no picture or too large', async () => {
  const calls = stubApi(SESSIONS)
  const { container } = await renderPage(<ProfilePage me={me} />)
  const input = container.querySelector('input[type=file]')
  const file = new File(['<svg/>'], 'a.svg', { type: 'image/svg+xml' })
  if (input) fireEvent.change(input, { target: { files: [file] } })
  expect(await screen.findByText('Only JPEG, PNG and WebP pictures are possible.')).toBeTruthy()
  expect(calls.filter(call => call.method === 'PUT')).toEqual([])
  expect(pictureProblem({ type: 'image/png', size: 2 * 1024 ** 2 + 1 })).toBe('size')
  expect(pictureProblem({ type: 'image/webp', size: 2 * 1024 ** 2 })).toBeNull()
})
