import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { SignInPage } from '@/features/session/sign-in-page'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const me = {
  user: { id: 'u', full_name: 'Jane Doe', email: 'j@x', system_role: 'user', language: 'en', theme: 'dark' },
  tenants: [],
}

async function signIn(password: string) {
  await userEvent.type(screen.getByLabelText('E-mail'), 'jane@example.org')
  await userEvent.type(screen.getByLabelText('Password'), password)
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
}

it('signs in and takes over language and theme of the account', async () => {
  const calls = stubApi({ 'GET /setup': { body: { required: false } }, 'POST /sign-in': { body: me } })
  const onSignedIn = vi.fn()
  await renderPage(<SignInPage onSignedIn={onSignedIn} />)
  await signIn('secret')
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({ email: 'jane@example.org', password: 'secret' })
  expect(document.documentElement.classList.contains('dark')).toBe(true)
})

it('keeps the address, clears the password and says nothing about accounts when refused', async () => {
  stubApi({ 'POST /sign-in': { status: 401, body: { code: 'invalid_credentials', detail: 'x' } } })
  await renderPage(<SignInPage onSignedIn={vi.fn()} />)
  await signIn('wrong')
  expect((await screen.findByRole('alert')).textContent).toBe(
    'E-mail and password do not match. Check both and try again.',
  )
  expect(screen.getByLabelText<HTMLInputElement>('E-mail').value).toBe('jane@example.org')
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Password').value).toBe(''))
})

it('says how long to wait after too many attempts', async () => {
  stubApi({ 'POST /sign-in': { status: 429, body: { code: 'too_many_attempts' }, headers: { 'retry-after': '30' } } })
  await renderPage(<SignInPage onSignedIn={vi.fn()} />)
  await signIn('again')
  expect((await screen.findByRole('alert')).textContent).toContain('Wait 30 seconds')
})

it('sends nothing while a field is empty', async () => {
  const calls = stubApi({})
  await renderPage(<SignInPage onSignedIn={vi.fn()} />)
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findAllByText('Please fill this in.')).toHaveLength(2)
  expect(calls.filter(call => call.method === 'POST')).toEqual([])
})

it('points to the set-up link while there is nobody to sign in', async () => {
  stubApi({ 'GET /setup': { body: { required: true } } })
  await renderPage(<SignInPage onSignedIn={vi.fn()} />)
  expect(await screen.findByText('This Nexus is not set up yet')).toBeTruthy()
})

const plain = { primary_color: null, secondary_color: null, accent_color: null, logo: null }

it("shows the tenant's name, logo and colours", async () => {
  stubApi({})
  const look = { name: 'Acme', brand: { ...plain, primary_color: '#0d9488', logo: 'abc' } }
  const page = await renderPage(<SignInPage onSignedIn={vi.fn()} tenant={{ slug: 'acme', look }} />)
  expect(screen.getByRole('heading', { level: 1, name: 'Sign in to Acme' })).toBeTruthy()
  expect(page.container.querySelector('img')?.getAttribute('src')).toBe('/api/v1/sign-in/acme/logo?v=abc')
  expect(page.container.querySelector('style')?.textContent).toContain('--primary-solid:')
})

it('is the common page for a tenant that shows nothing', async () => {
  stubApi({})
  const look = { name: null, brand: plain }
  const page = await renderPage(<SignInPage onSignedIn={vi.fn()} tenant={{ slug: 'acme', look }} />)
  expect(screen.getByRole('heading', { level: 1, name: 'Sign in' })).toBeTruthy()
  expect(page.container.querySelector('img, style')).toBeNull()
})
