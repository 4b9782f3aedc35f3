import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ForgotPage } from '@/features/links/forgot-page'
import { InvitePage } from '@/features/links/invite-page'
import { ResetPage } from '@/features/links/reset-page'
import { VerifyPage } from '@/features/links/verify-page'
import type { Me } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

beforeEach(() => sessionStorage.clear())
afterEach(() => vi.unstubAllGlobals())

const MAIL = { 'GET /setup': { body: { required: false, mail: true } } }
const look = {
  tenant_name: 'Globex',
  email: 'jane@example.org',
  role: 'viewer',
  invited_by: 'Anna',
  expires_at: '2026-12-01T00:00:00Z',
}
const LOOK = { 'POST /invitations/look': { body: look } }
const personOf = (email: string) => ({ user: { full_name: 'Jane Doe', email }, tenants: [] }) as unknown as Me

function invite(me: Me | null, onAccepted = vi.fn(), onSignOut = vi.fn()) {
  return renderPage(<InvitePage secret="s3cret" me={me} onAccepted={onAccepted} onSignOut={onSignOut} />)
}

async function fillNew() {
  await userEvent.type(await screen.findByLabelText('Full name'), 'Jane Doe')
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery')
  await userEvent.click(screen.getByRole('button', { name: 'Create the account and join' }))
}

it('says the same after asking for a link, whoever asked', async () => {
  const calls = stubApi({ ...MAIL, 'POST /password-reset': { status: 202 } })
  await renderPage(<ForgotPage />)
  await userEvent.type(await screen.findByLabelText('E-mail'), 'nobody@example.org')
  await userEvent.click(screen.getByRole('button', { name: 'Send the link' }))
  expect((await screen.findByRole('status')).textContent).toContain('If there is an account')
  expect(calls.at(-1)?.body).toEqual({ email: 'nobody@example.org' })
})

it('offers no mail where none can be sent', async () => {
  stubApi({ 'GET /setup': { body: { required: false, mail: false } } })
  await renderPage(<ForgotPage />)
  expect(await screen.findByText(/An administrator can make you a link/)).toBeTruthy()
  expect(screen.queryByLabelText('E-mail')).toBeNull()
})

it('sets a new password with the secret of the link', async () => {
  const calls = stubApi({ ...MAIL, 'POST /password-reset/use': { status: 204 } })
  await renderPage(<ResetPage secret="s3cret" />)
  await userEvent.type(screen.getByLabelText('New password'), 'correct horse')
  await userEvent.click(screen.getByRole('button', { name: 'Set the password' }))
  expect(await screen.findByText('Your password is set')).toBeTruthy()
  expect(calls.at(-1)?.body).toEqual({ secret: 's3cret', password: 'correct horse' })
})

it('leads on when the reset link is void', async () => {
  stubApi({ ...MAIL, 'POST /password-reset/use': { status: 404, body: { code: 'link_invalid' } } })
  await renderPage(<ResetPage secret="old" />)
  await userEvent.type(screen.getByLabelText('New password'), 'correct horse')
  await userEvent.click(screen.getByRole('button', { name: 'Set the password' }))
  expect(await screen.findByText(/not valid any more/)).toBeTruthy()
  expect(await screen.findByRole('link', { name: 'Send a new link' })).toBeTruthy()
})

it('verifies an address once', async () => {
  const calls = stubApi({ 'POST /verify': { body: { email: 'jane@example.org' } } })
  await renderPage(<VerifyPage secret="s3cret" />)
  expect(await screen.findByText('Your address is verified')).toBeTruthy()
  expect(calls.filter(call => call.path === '/verify')).toHaveLength(1)
})

it('lets a new person join with a name and a password', async () => {
  const accepted = { 'POST /invitations/accept': { body: { slug: 'globex' } } }
  const calls = stubApi({ ...LOOK, ...accepted })
  const onAccepted = vi.fn()
  await invite(null, onAccepted)
  await fillNew()
  await waitFor(() => expect(onAccepted).toHaveBeenCalledWith('globex'))
  const accept = calls.find(call => call.path === '/invitations/accept')
  expect(accept?.body).toEqual({ secret: 's3cret', full_name: 'Jane Doe', password: 'correct horse battery' })
})

it('sends people who have an account to sign in, and back here', async () => {
  stubApi({ ...LOOK, 'POST /invitations/accept': { status: 409, body: { code: 'sign_in_first' } } })
  await invite(null)
  await fillNew()
  expect((await screen.findByRole('alert')).textContent).toContain('There is an account with this address')
  expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in?next=%2Finvite')
})

it('is one button for the invited person who is signed in', async () => {
  const calls = stubApi({ ...LOOK, 'POST /invitations/accept': { body: { slug: 'globex' } } })
  const onAccepted = vi.fn()
  await invite(personOf('JANE@example.org'), onAccepted)
  await userEvent.click(await screen.findByRole('button', { name: 'Join Globex' }))
  await waitFor(() => expect(onAccepted).toHaveBeenCalledWith('globex'))
  expect(calls.find(call => call.path === '/invitations/accept')?.body).toEqual({ secret: 's3cret' })
})

it('does not let somebody else take it', async () => {
  stubApi(LOOK)
  const onSignOut = vi.fn()
  await invite(personOf('ben@example.org'), vi.fn(), onSignOut)
  expect((await screen.findByRole('alert')).textContent).toContain('ben@example.org')
  expect(screen.queryByRole('button', { name: 'Join Globex' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Sign out and go on' }))
  expect(onSignOut).toHaveBeenCalledOnce()
})

it('says that an invitation is void', async () => {
  stubApi({ 'POST /invitations/look': { status: 404, body: { code: 'link_invalid' } } })
  await invite(null)
  expect(await screen.findByText(/not valid any more/)).toBeTruthy()
})
