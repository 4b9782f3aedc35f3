import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { EditServerDialog } from '@/features/servers/edit-server-dialog'
import { makeConnection, makeServer } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const TOKEN = 'nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const OLD = Array.from({ length: 32 }, () => 'AA').join(':')
const NEW = Array.from({ length: 32 }, () => 'BB').join(':')
const server = makeServer({ connection: makeConnection({ tls: { mode: 'pin', fingerprint: OLD } }) })
const PATH = `/tenants/t/servers/${server.id}`
const AGAIN = 'The certificate would be checked in another way, so the token must be entered again.'

async function open(pin: string | null = null) {
  const onClose = vi.fn()
  await renderPage(<EditServerDialog tenant="t" server={server} pin={pin} onClose={onClose} />)
  return onClose
}

it('sends the change with the version that was opened, and no token where none was typed', async () => {
  const calls = stubApi({ [`PUT ${PATH}`]: { body: server } })
  const onClose = await open()
  expect(screen.getByRole('button', { name: 'Save' }).hasAttribute('disabled')).toBe(true)
  await userEvent.type(screen.getByLabelText('Name'), ' 2')
  await userEvent.type(screen.getByLabelText('Notes'), 'Rack 7')
  await userEvent.click(screen.getByRole('checkbox', { name: /Active/ }))
  expect(screen.queryByText(AGAIN)).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls).toEqual([
    {
      method: 'PUT',
      path: PATH,
      ifMatch: '"1"',
      body: {
        name: 'Frankfurt 2',
        host: 'pve.example.org',
        port: 8006,
        tls: { mode: 'pin', fingerprint: OLD },
        connect_timeout_seconds: 10,
        use_tailscale: false,
        tailscale_host: null,
        tailscale_port: 8006,
        token_expires_at: null,
        use_fallbacks: false,
        node_shell: false,
        notes: 'Rack 7',
        is_active: false,
      },
    },
  ])
})

it('trusts the new certificate, and asks for the token that belongs to it', async () => {
  const refused = { field: 'api_token', code: 'token_required_again', detail: 'must be entered again' }
  const calls = stubApi({
    [`PUT ${PATH}`]: ({ body }) =>
      (body as { api_token?: string }).api_token
        ? { body: server }
        : { status: 422, body: { code: 'invalid', errors: [refused] } },
  })
  const onClose = await open(NEW)
  expect(screen.getByLabelText<HTMLTextAreaElement>('Fingerprint (SHA-256)').value).toBe(NEW)
  expect(screen.getByText(AGAIN)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.getByLabelText('API token').getAttribute('aria-invalid')).toBe('true'))
  expect(document.activeElement).toBe(screen.getByLabelText('API token'))
  await userEvent.type(screen.getByLabelText('API token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls.at(-1)?.body).toMatchObject({ api_token: TOKEN, tls: { mode: 'pin', fingerprint: NEW } })
})

it('overwrites nothing that somebody else has changed: it loads again and keeps what was typed', async () => {
  const fresh = { ...server, etag: '"2"', notes: 'Theirs' }
  const calls = stubApi({
    [`PUT ${PATH}`]: ({ ifMatch }) =>
      ifMatch === '"2"' ? { body: fresh } : { status: 412, body: { code: 'changed_meanwhile', detail: 'Changed.' } },
    [`GET ${PATH}`]: { body: fresh },
  })
  const onClose = await open()
  await userEvent.type(screen.getByLabelText('Name'), ' 2')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>('Notes').value).toBe('Theirs'))
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Frankfurt 2')
  expect(screen.queryByRole('button', { name: 'Load again' })).toBeNull()
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls.at(-1)).toMatchObject({ ifMatch: '"2"', body: { name: 'Frankfurt 2', notes: 'Theirs' } })
})

it('shows what the server says of the certificate at its field', async () => {
  const refused = { field: 'tls', code: 'odd', detail: 'This is refused.' }
  stubApi({ [`PUT ${PATH}`]: { status: 422, body: { code: 'invalid', errors: [refused] } } })
  await open(NEW)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.getByLabelText('Fingerprint (SHA-256)').getAttribute('aria-invalid')).toBe('true'))
  expect(screen.getByText('This is refused.')).toBeTruthy()
})

it('shows whose the token is and no more, and replaces it in place', async () => {
  const calls = stubApi({ [`PUT ${PATH}`]: { body: server } })
  const onClose = await open()
  expect(screen.queryByLabelText('API token')).toBeNull()
  expect(screen.getByText('nexus@pve!broker')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Replace token' }))
  await userEvent.type(screen.getByLabelText('API token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls[0]?.body).toMatchObject({ api_token: TOKEN, host: 'pve.example.org' })
})

it('asks for the token as soon as the place is another, and tests that only with it', async () => {
  const report = { ok: true, way: 'direct', attempts: 1, stages: [], version: '9.2.1' }
  const calls = stubApi({
    'POST /tenants/t/servers/test': { body: { ok: true, reports: [report] } },
    [`POST ${PATH}/test`]: { body: { ok: true, reports: [report] } },
  })
  await open()
  await userEvent.click(screen.getByRole('button', { name: 'Test' }))
  await waitFor(() => expect(calls.map(call => call.path)).toEqual([`${PATH}/test`]))
  await userEvent.clear(screen.getByLabelText('Port'))
  await userEvent.type(screen.getByLabelText('Port'), '443')
  expect(screen.getByText(/reached at another place/)).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Test' }).hasAttribute('disabled')).toBe(true)
  await userEvent.type(screen.getByLabelText('API token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Test' }))
  await waitFor(() => expect(calls).toHaveLength(2))
  expect(calls[1]).toMatchObject({ path: '/tenants/t/servers/test', body: { port: 443, api_token: TOKEN } })
})
