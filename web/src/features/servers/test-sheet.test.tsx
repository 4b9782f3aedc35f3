import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { TestSheet } from '@/features/servers/test-sheet'
import { makeServer } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const server = makeServer()
const certificate = {
  fingerprint: 'AA:BB',
  subject: 'pve',
  issuer: 'ca',
  not_before: '2026-01-01T00:00:00Z',
  not_after: '2028-01-01T00:00:00Z',
  trusted: false,
}

function stubTest(tlsOk: boolean) {
  const stage = { skipped: false, milliseconds: 1, detail: '', remedy: null }
  const stages = ['resolve', 'connect', 'tls', 'api'].map(name => ({
    ...stage,
    stage: name,
    ok: name === 'tls' ? tlsOk : name !== 'api',
  }))
  stubApi({
    [`POST /tenants/t/servers/${server.id}/test`]: {
      body: { ok: false, reports: [{ ok: false, way: 'direct', attempts: 1, stages, certificate }] },
    },
  })
}

it('lets a certificate be trusted that the check has refused', async () => {
  stubTest(false)
  const onTrust = vi.fn()
  await renderPage(<TestSheet tenant="t" server={server} onTrust={onTrust} onTimeout={vi.fn()} onClose={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Trust this certificate' }))
  expect(onTrust).toHaveBeenCalledExactlyOnceWith('AA:BB')
})

it('offers that to nobody who may not change the server', async () => {
  stubTest(false)
  const mine = { ...server, may: { ...server.may, edit: false } }
  await renderPage(<TestSheet tenant="t" server={mine} onTrust={vi.fn()} onTimeout={vi.fn()} onClose={vi.fn()} />)
  expect(await screen.findByText('AA:BB')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Trust this certificate' })).toBeNull()
})

it('does not where something else failed', async () => {
  stubTest(true)
  await renderPage(<TestSheet tenant="t" server={server} onTrust={vi.fn()} onTimeout={vi.fn()} onClose={vi.fn()} />)
  expect(await screen.findByText('AA:BB')).toBeTruthy()
  expect(screen.queryByRole('button', { name: 'Trust this certificate' })).toBeNull()
})
