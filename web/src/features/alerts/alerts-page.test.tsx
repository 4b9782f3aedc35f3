import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { AlertsPage } from '@/features/alerts/alerts-page'
import type { Tenant } from '@/lib/api/types'
import { makeAlert, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const LIST = 'GET /tenants/t/alerts'
const list = { alerts: [makeAlert({ detail: 'The last checks were slow' })], next_cursor: null, open: 1, active: 1 }
const page = (tenant: Tenant = makeTenant()) => (
  <AlertsPage tenant={tenant} tab="active" server={undefined} onTab={() => undefined} onServer={() => undefined} />
)

it('says what is wrong where, and lets somebody look after it', async () => {
  const calls = stubApi({
    [LIST]: { body: list },
    'POST /tenants/t/alerts/a1/acknowledge': {
      body: makeAlert({ state: 'acknowledged', acknowledged_at: '2026-01-01T00:01:00Z', acknowledged_by: 'Jane' }),
    },
  })
  await renderPage(page())
  expect(await screen.findByText('Response 812 ms, limit 500 ms')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Frankfurt' })).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: /Acknowledge/ }))
  expect(await screen.findByText('Jane looks after it')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('button', { name: /Acknowledge/ })).toBeNull())
  expect(calls.filter(call => call.method === 'POST')).toHaveLength(1)
})

it('says so where the alert was when it has resolved meanwhile', async () => {
  stubApi({
    [LIST]: { body: list },
    'POST /tenants/t/alerts/a1/acknowledge': { status: 409, body: { code: 'alert_resolved', detail: 'x' } },
  })
  await renderPage(page())
  await userEvent.click(await screen.findByRole('button', { name: /Acknowledge/ }))
  expect(await screen.findByText('This alert has resolved by itself meanwhile.')).toBeTruthy()
})

it('does not promise alerts that are switched off', async () => {
  stubApi({
    [LIST]: { body: { alerts: [], next_cursor: null, open: 0, active: 0 } },
    'GET /tenants/t/settings': { body: { alerts_enabled: false } },
  })
  await renderPage(page())
  expect(await screen.findByText(/^Alerts are switched off/)).toBeTruthy()
  expect(screen.getByText('No alert is active')).toBeTruthy()
  expect(screen.queryByText(/^No limit is crossed/)).toBeNull()
})

it('gives the reason why a person may only look', async () => {
  stubApi({ [LIST]: { body: list } })
  const { may } = makeTenant()
  await renderPage(page(makeTenant({ may: { ...may, manage_servers: false } })))
  expect((await screen.findByRole<HTMLButtonElement>('button', { name: /Acknowledge/ })).disabled).toBe(true)
})
