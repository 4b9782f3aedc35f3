import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { AddServerDialog } from '@/features/servers/add-server-dialog'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const TOKEN = 'nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const FINGERPRINT = 'AA:BB:CC'
/** What the form leaves as it is. */
const REST = {
  use_tailscale: false,
  tailscale_host: null,
  tailscale_port: 8006,
  token_expires_at: null,
  connect_timeout_seconds: 10,
  use_fallbacks: false,
  node_shell: false,
  notes: '',
  is_active: true,
}
const stage = (name: string, ok: boolean, skipped = false) => ({
  stage: name,
  ok,
  skipped,
  milliseconds: 3,
  detail: '',
  remedy: null,
})
const certificate = {
  fingerprint: FINGERPRINT,
  subject: 'pve',
  issuer: 'ca',
  not_before: '2026-01-01T00:00:00Z',
  not_after: '2028-01-01T00:00:00Z',
  trusted: false,
}

/** The certificate is not known until the person has confirmed its fingerprint. */
function report({ body }: Call) {
  const pinned = (body as { tls: { mode: string } }).tls.mode === 'pin'
  const stages = [
    stage('resolve', true),
    stage('connect', true),
    stage('tls', pinned),
    stage('api', pinned, !pinned),
    stage('permissions', pinned, !pinned),
  ]
  const found = { ok: pinned, way: 'direct', attempts: 1, stages, certificate, version: '9.2.1', nodes: 3 }
  return { body: { ok: pinned, reports: [found] } }
}

async function fillToCheck() {
  fireEvent.paste(screen.getByLabelText('Host'), {
    clipboardData: { getData: () => 'https://pve.example.org:8443/#v1' },
  })
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  await userEvent.type(await screen.findByLabelText('API token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Check' }))
}

/** What was sent; the tenant's settings are only read. */
const posts = (calls: Call[]) => calls.filter(call => call.method === 'POST')

it('takes an address apart, checks, pins the confirmed certificate and saves', async () => {
  const calls = stubApi({
    'POST /tenants/t/servers/test': report,
    'POST /tenants/t/servers': { status: 201, body: {} },
  })
  const onClose = vi.fn()
  await renderPage(<AddServerDialog tenant="t" onClose={onClose} />)
  await fillToCheck()
  await userEvent.click(await screen.findByRole('button', { name: 'Trust this certificate' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  const expected = { ...REST, name: 'pve', host: 'pve.example.org', port: 8443, api_token: TOKEN }
  expect(posts(calls).map(call => [call.path, call.body])).toEqual([
    ['/tenants/t/servers/test', { ...expected, tls: { mode: 'verify' } }],
    ['/tenants/t/servers/test', { ...expected, tls: { mode: 'pin', fingerprint: FINGERPRINT } }],
    ['/tenants/t/servers', { ...expected, tls: { mode: 'pin', fingerprint: FINGERPRINT } }],
  ])
})

it('goes back to the field that the server refuses', async () => {
  stubApi({
    'POST /tenants/t/servers/test': {
      status: 422,
      body: { code: 'invalid', errors: [{ field: 'host', code: 'refused', detail: 'This address is not allowed.' }] },
    },
  })
  await renderPage(<AddServerDialog tenant="t" onClose={vi.fn()} />)
  await fillToCheck()
  expect(await screen.findByText('This address is not allowed.')).toBeTruthy()
  expect(screen.getByLabelText<HTMLInputElement>('Host').value).toBe('pve.example.org')
})

it('asks before what was typed is lost', async () => {
  const onClose = vi.fn()
  stubApi({})
  await renderPage(<AddServerDialog tenant="t" onClose={onClose} />)
  await userEvent.type(screen.getByLabelText('Name'), 'x')
  await userEvent.click(screen.getByRole('button', { name: 'Close' }))
  expect(onClose).not.toHaveBeenCalled()
  await userEvent.click(await screen.findByRole('button', { name: 'Leave' }))
  expect(onClose).toHaveBeenCalledOnce()
})

it('does not go on with a host that is none', async () => {
  const calls = stubApi({})
  await renderPage(<AddServerDialog tenant="t" onClose={vi.fn()} />)
  await userEvent.type(screen.getByLabelText('Name'), 'x')
  await userEvent.type(screen.getByLabelText('Host'), 'not a host')
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  expect(await screen.findByText('This is neither a host name nor an IP address.')).toBeTruthy()
  expect(posts(calls)).toEqual([])
})

it('takes a server that only the tailnet leads to', async () => {
  const calls = stubApi({ 'POST /tenants/t/servers/test': report })
  await renderPage(<AddServerDialog tenant="t" onClose={vi.fn()} />)
  await userEvent.click(screen.getByRole('checkbox', { name: /Reach it over Tailscale/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  expect(await screen.findByText('This is neither a host name nor an IP address.')).toBeTruthy()
  await userEvent.type(screen.getByLabelText('Name'), 'Home')
  await userEvent.type(screen.getByLabelText('Name in the tailnet'), 'pve.tail1.ts.net')
  await userEvent.click(screen.getByRole('button', { name: 'Next' }))
  await userEvent.type(await screen.findByLabelText('API token'), TOKEN)
  await userEvent.click(screen.getByRole('button', { name: 'Check' }))
  await waitFor(() => expect(posts(calls)).toHaveLength(1))
  expect(posts(calls)[0]?.body).toMatchObject({ host: '', use_tailscale: true, tailscale_host: 'pve.tail1.ts.net' })
})

it('begins as the tenant has chosen, and keeps what was typed before that was known', async () => {
  const calls = stubApi({
    'GET /tenants/t/settings': { body: { default_timeout_seconds: 25, default_tls_mode: 'verify' } },
    'POST /tenants/t/servers/test': report,
  })
  await renderPage(<AddServerDialog tenant="t" onClose={vi.fn()} />)
  await userEvent.type(screen.getByLabelText('Name'), 'Home')
  await waitFor(() =>
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /public authorities/ }).checked).toBe(true),
  )
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('Home')
  await fillToCheck()
  await waitFor(() => expect(posts(calls)).toHaveLength(1))
  expect(posts(calls)[0]?.body).toMatchObject({ connect_timeout_seconds: 25, tls: { mode: 'verify' } })
})
