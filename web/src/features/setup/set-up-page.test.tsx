import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { SetUpPage } from '@/features/setup/set-up-page'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

async function fill(password = 'correct horse battery') {
  await userEvent.type(screen.getByLabelText('Full name'), 'Jane Doe')
  await userEvent.type(screen.getByLabelText('E-mail'), 'jane@example.org')
  await userEvent.type(screen.getByLabelText('Password'), password)
  await userEvent.type(screen.getByLabelText('Tenant'), 'Acme')
  await userEvent.click(screen.getByRole('button', { name: 'Set up' }))
}

it('sends the secret of the link with the form', async () => {
  const calls = stubApi({ 'POST /setup': { status: 201, body: { user: {}, tenants: [] } } })
  const onDone = vi.fn()
  await renderPage(<SetUpPage secret="s3cret" onDone={onDone} />)
  await fill()
  await waitFor(() => expect(onDone).toHaveBeenCalled())
  expect(calls.at(-1)?.body).toEqual({
    secret: 's3cret',
    full_name: 'Jane Doe',
    email: 'jane@example.org',
    password: 'correct horse battery',
    tenant_name: 'Acme',
  })
})

it('brings what the server refuses to its field', async () => {
  stubApi({
    'POST /setup': {
      status: 422,
      body: { code: 'invalid', errors: [{ field: 'password', code: 'weak', detail: 'This one is known.' }] },
    },
  })
  await renderPage(<SetUpPage secret="s3cret" onDone={vi.fn()} />)
  await fill()
  expect(await screen.findByText('This one is known.')).toBeTruthy()
  expect(screen.getByLabelText('Password').getAttribute('aria-invalid')).toBe('true')
})

it('says that a link is used up', async () => {
  stubApi({ 'POST /setup': { status: 404, body: { code: 'setup_link_invalid' } } })
  await renderPage(<SetUpPage secret="old" onDone={vi.fn()} />)
  await fill()
  expect((await screen.findByRole('alert')).textContent).toContain('not valid any more')
})

it('holds a short password back', async () => {
  const calls = stubApi({})
  await renderPage(<SetUpPage secret="s3cret" onDone={vi.fn()} />)
  await fill('short')
  expect(await screen.findByText('At least 10 characters.')).toBeTruthy()
  expect(calls).toEqual([])
})

it('asks for the whole link when the secret is missing', async () => {
  await renderPage(<SetUpPage secret="" onDone={vi.fn()} />)
  expect(screen.getByRole('link', { name: 'To sign-in' })).toBeTruthy()
  expect(screen.queryByLabelText('Password')).toBeNull()
})
