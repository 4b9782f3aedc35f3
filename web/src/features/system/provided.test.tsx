import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { AllServersPage } from '@/features/system/all-servers-page'
import { EditProvidedSheet, ProvideSheet } from '@/features/system/provide-sheet'
import { DeleteProvided } from '@/features/system/provided-ask'
import { NO_SCOPE } from '@/features/system/scope'
import { ScopeFields } from '@/features/system/scope-fields'
import type { AnyServer, GuestScope, ProvidedServer } from '@/lib/api/types'
import { makeServer } from '@/lib/fixtures'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const TOKEN = 'nexus@pve!acme=1b4e28ba-2fa1-11d2-883f-0016d3cca427'
const PIN = Array.from({ length: 32 }, () => 'AB').join(':')
const tenant = { id: 't1', slug: 'acme', name: 'Acme' }

const makeAny = (values: Partial<AnyServer> = {}): AnyServer => ({
  id: 's1',
  tenant,
  name: 'Shared',
  host: 'pve.example.org',
  port: 8006,
  is_active: true,
  status: 'online',
  guests: { running: 1, stopped: 0, other: 0 },
  origin: 'provided',
  scope: { pools: ['acme'], tags: [], vmids: [{ from: 100, to: 199 }] },
  etag: '"4"',
  ...values,
})

function makeProvided(): ProvidedServer {
  const { connection } = makeServer()
  if (!connection) throw new Error('no connection')
  return {
    server: makeAny(),
    connection: { ...connection, host: 'pve.example.org', tls: { mode: 'pin', fingerprint: PIN } },
    scope: { pools: ['acme'], tags: [], vmids: [{ from: 100, to: 199 }] },
    notes: null,
  }
}

function Scope({ onScope }: { onScope: (scope: GuestScope) => void }) {
  const [scope, setScope] = useState(NO_SCOPE)
  const change = (next: GuestScope) => {
    setScope(next)
    onScope(next)
  }
  return <ScopeFields scope={scope} onScope={change} checked={false} onWrong={() => undefined} />
}

it('takes pools, tags and ranges, one by one or pasted', async () => {
  const onScope = vi.fn()
  await renderPage(<Scope onScope={onScope} />)
  await userEvent.type(screen.getByLabelText('Pools'), 'acme{Enter}acme,web/test ')
  await userEvent.click(screen.getByLabelText('Tags'))
  await userEvent.paste('One, two;two three')
  await userEvent.type(screen.getByLabelText('Guest numbers'), '100-199,150')
  await userEvent.tab()
  expect(onScope.mock.lastCall?.[0]).toEqual({
    pools: ['acme', 'web/test'],
    tags: ['one', 'two', 'three'],
    vmids: [
      { from: 100, to: 199 },
      { from: 150, to: 150 },
    ],
  })
  await userEvent.click(screen.getByRole('button', { name: 'Remove 100–199' }))
  await userEvent.type(screen.getByLabelText('Tags'), '{Backspace}')
  expect(onScope.mock.lastCall?.[0]).toMatchObject({ tags: ['one', 'two'], vmids: [{ from: 150, to: 150 }] })
})

it('keeps what means nothing, and says so', async () => {
  const onScope = vi.fn()
  await renderPage(<Scope onScope={onScope} />)
  const numbers = screen.getByLabelText<HTMLInputElement>('Guest numbers')
  await userEvent.type(numbers, '99{Enter}')
  expect(screen.getByText(/“99” is no number or range/)).toBeTruthy()
  expect(numbers.value).toBe('99')
  await userEvent.clear(numbers)
  await userEvent.type(numbers, '200-100{Enter}')
  expect(screen.getByText(/“200-100” is no/)).toBeTruthy()
  await userEvent.type(screen.getByLabelText('Pools'), 'a/b/c/d{Enter}')
  expect(screen.getByText(/“a\/b\/c\/d” is no pool/)).toBeTruthy()
  expect(onScope).not.toHaveBeenCalled()
})

const failed = { stage: 'tls', ok: false, skipped: false, milliseconds: 3, detail: 'unknown authority', remedy: null }
const certificate = {
  fingerprint: PIN,
  subject: 'pve',
  issuer: 'PVE Cluster Manager CA',
  not_before: '2026-01-01T00:00:00Z',
  not_after: '2028-01-01T00:00:00Z',
  trusted: false,
  changed: false,
}

/** Trusts a certificate only when it is pinned. */
function testAnswer({ body }: Call) {
  const ok = (body as { tls: { mode: string } }).tls.mode === 'pin'
  const report = { ok, way: 'direct', attempts: 1, stages: ok ? [] : [failed], certificate: ok ? null : certificate }
  return { body: { ok, reports: [report] } }
}

const tenants = { tenants: [{ ...tenant, description: '', is_active: true, admins: [], version: 1 }], total: 1 }

async function fillIn() {
  await userEvent.type(screen.getByLabelText('Tenant'), 'ac')
  await userEvent.click(await screen.findByRole('option', { name: /Acme/ }))
  await userEvent.type(screen.getByLabelText('Pools'), 'acme{Enter}')
  await userEvent.type(screen.getByLabelText('Name'), 'Shared')
  await userEvent.type(screen.getByLabelText('Host'), 'pve.example.org')
  await userEvent.type(screen.getByLabelText('API token'), TOKEN)
}

it('tests before it provides, and has the certificate confirmed', async () => {
  const calls = stubApi({
    'GET /tenants': { body: tenants },
    'POST /servers/test': testAnswer,
    'POST /servers': { status: 201, body: makeProvided() },
  })
  const onClose = vi.fn()
  await renderPage(<ProvideSheet onClose={onClose} />)
  await fillIn()
  await userEvent.click(screen.getByRole('button', { name: 'Test and provide' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Trust this certificate' }))
  await waitFor(() => expect(calls.filter(call => call.path === '/servers/test')).toHaveLength(2))
  expect(calls.some(call => call.path === '/servers')).toBe(false)
  await userEvent.click(await screen.findByRole('button', { name: 'Provide' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  const sent = calls.find(call => call.path === '/servers')?.body as Record<string, unknown>
  expect(sent).toMatchObject({
    tenant: 't1',
    name: 'Shared',
    host: 'pve.example.org',
    api_token: TOKEN,
    tls: { mode: 'pin', fingerprint: PIN },
    scope: { pools: ['acme'], tags: [], vmids: [] },
  })
  expect('node_shell' in sent).toBe(false)
})

it('provides nothing without a tenant, a limit and a token', async () => {
  const calls = stubApi({ 'GET /tenants': { body: tenants } })
  await renderPage(<ProvideSheet onClose={vi.fn()} />)
  await userEvent.click(screen.getByRole('button', { name: 'Test and provide' }))
  expect(await screen.findByText('Choose a tenant from the list.')).toBeTruthy()
  expect(screen.getByText('Name a pool, a tag or a range at least.')).toBeTruthy()
  expect(await screen.findByText(/Both parts are needed/)).toBeTruthy()
  expect(calls.every(call => call.method === 'GET')).toBe(true)
})

it('changes the limit without the token, for the version that was opened', async () => {
  const calls = stubApi({
    'GET /servers/s1': { body: makeProvided() },
    'PUT /servers/s1': { body: makeProvided() },
  })
  const onClose = vi.fn()
  await renderPage(<EditProvidedSheet server={makeAny()} pin={null} onClose={onClose} />)
  await userEvent.type(await screen.findByLabelText('Tags'), 'acme{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  const put = calls.find(call => call.method === 'PUT')
  expect(put?.ifMatch).toBe('"4"')
  expect(put?.body).toMatchObject({ tenant: 't1', scope: { pools: ['acme'], tags: ['acme'] }, tls: { mode: 'pin' } })
  expect(put?.body).not.toHaveProperty('api_token')
  expect(calls.some(call => call.path.endsWith('/test'))).toBe(false)
})

it('offers the new state when somebody was faster, and keeps what was typed', async () => {
  const put = ({ ifMatch }: Call) =>
    ifMatch === '"5"' ? { body: makeProvided() } : { status: 412, body: { code: 'changed_meanwhile' } }
  let etag = '"4"'
  stubApi({
    'GET /servers/s1': () => ({ body: { ...makeProvided(), server: makeAny({ etag }) } }),
    'PUT /servers/s1': put,
  })
  const onClose = vi.fn()
  await renderPage(<EditProvidedSheet server={makeAny()} pin={null} onClose={onClose} />)
  const name = await screen.findByLabelText<HTMLInputElement>('Name')
  await userEvent.clear(name)
  await userEvent.type(name, 'Mine')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  etag = '"5"'
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Load again' })).toBeNull())
  expect(name.value).toBe('Mine')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
})

it('says what goes with a server that is taken back', async () => {
  const calls = stubApi({
    'GET /tenants/t1/servers/s1/attached': {
      body: { assignments: 12, people: 5, open_consoles: 2, running_tasks: 0 },
    },
    'DELETE /servers/s1': { status: 204 },
  })
  const onClose = vi.fn()
  await renderPage(<DeleteProvided server={makeAny()} onClose={onClose} />)
  expect(await screen.findByText(/assignments 12 \(people: 5\), open consoles 2/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Delete Shared' }))
  await waitFor(() => expect(onClose).toHaveBeenCalled())
  expect(calls.filter(call => call.method === 'DELETE').map(call => call.path)).toEqual(['/servers/s1'])
})

it('lets only provided servers be changed here, and shows their limit', async () => {
  stubApi({
    'GET /servers': {
      body: {
        servers: [
          makeAny(),
          makeAny({ id: 's2', name: 'Mine', origin: 'own', scope: null }),
          makeAny({ id: 's3', name: 'Env', origin: 'environment', scope: null }),
        ],
      },
    },
  })
  await renderPage(<AllServersPage q="" troubled={false} onSearch={vi.fn()} onTroubled={vi.fn()} />)
  const row = async (name: string) => (await screen.findByText(name)).closest('tr, li') as HTMLElement
  expect(within(await row('Shared')).getByText('Pool acme · 100–199')).toBeTruthy()
  expect(within(await row('Shared')).getByRole('button', { name: 'More actions for Shared' })).toBeTruthy()
  expect(within(await row('Mine')).queryByRole('button')).toBeNull()
  expect(within(await row('Env')).getByText('Environment')).toBeTruthy()
  expect(within(await row('Env')).queryByRole('button')).toBeNull()
})
