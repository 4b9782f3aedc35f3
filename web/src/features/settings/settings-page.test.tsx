import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { type SETTINGS_TABS, SettingsPage } from '@/features/settings/settings-page'
import type { Tenant } from '@/lib/api/types'
import { makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const settings = {
  name: 'Acme',
  description: 'Old',
  viewer_scope: 'assigned',
  audit_retention_days: null,
  health_interval_seconds: null,
  alerts_enabled: true,
  alert_success_percent: 80,
  alert_latency_ms: 500,
  alert_offline_seconds: 300,
  alert_email: null,
  version: 4,
}

/** The page as its route has it: the tab lives in the address. */
function TestedPage({ tenant = makeTenant(), mail = true, first = 'general' }: Tested) {
  const [tab, setTab] = useState<(typeof SETTINGS_TABS)[number]>(first)
  return <SettingsPage tenant={tenant} mail={mail} tab={tab} onTab={setTab} />
}
type Tested = { tenant?: Tenant; mail?: boolean; first?: (typeof SETTINGS_TABS)[number] }

it('saves all settings with the version that was shown', async () => {
  const calls = stubApi({
    'GET /tenants/t/settings': { body: settings },
    'PUT /tenants/t/settings': { body: { ...settings, viewer_scope: 'all', audit_retention_days: 90, version: 5 } },
  })
  await renderPage(<TestedPage />)
  await userEvent.click(await screen.findByRole('radio', { name: /All guests/ }))
  await userEvent.click(screen.getByRole('radio', { name: /Delete old entries/ }))
  await userEvent.type(screen.getByLabelText('Days'), '90')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.some(call => call.method === 'PUT')).toBe(true))
  const { version: _, ...rest } = settings
  const put = calls.find(call => call.method === 'PUT')
  expect([put?.body, put?.ifMatch]).toEqual([{ ...rest, viewer_scope: 'all', audit_retention_days: 90 }, '"4"'])
})

it('keeps what was typed when somebody else was faster', async () => {
  let current: typeof settings = settings
  const calls = stubApi({
    'GET /tenants/t/settings': () => ({ body: current }),
    'PUT /tenants/t/settings': ({ ifMatch }) =>
      ifMatch === '"5"' ? { body: current } : { status: 412, body: { code: 'changed_meanwhile', detail: 'x' } },
  })
  await renderPage(<TestedPage />)
  const name = await screen.findByLabelText<HTMLInputElement>('Name')
  await userEvent.clear(name)
  await userEvent.type(name, 'Acme Two')
  current = { ...settings, description: 'New', version: 5 }
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>('Description').value).toBe('New'))
  expect(name.value).toBe('Acme Two')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.filter(call => call.method === 'PUT')).toHaveLength(2))
})

it('sends no number of days that is none', async () => {
  const calls = stubApi({ 'GET /tenants/t/settings': { body: settings } })
  await renderPage(<TestedPage />)
  await userEvent.click(await screen.findByRole('radio', { name: /Delete old entries/ }))
  await userEvent.type(screen.getByLabelText('Days'), '0')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('1 to 3,650 days.')).toBeTruthy()
  expect(calls.some(call => call.method === 'PUT')).toBe(false)
})

it('only shows them to managers', async () => {
  stubApi({ 'GET /tenants/t/settings': { body: settings } })
  await renderPage(<TestedPage tenant={makeTenant({ may: { ...makeTenant().may, manage_settings: false } })} />)
  expect((await screen.findByLabelText('Name')).closest('fieldset')?.disabled).toBe(true)
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})

it('saves both tabs at once, and shows the one with the mistake', async () => {
  const calls = stubApi({
    'GET /tenants/t/settings': { body: settings },
    'PUT /tenants/t/settings': { body: { ...settings, version: 5 } },
  })
  await renderPage(<TestedPage />)
  await userEvent.type(await screen.findByLabelText('Name'), ' Two')
  await userEvent.click(screen.getByRole('tab', { name: 'Monitoring' }))
  const latency = await screen.findByLabelText<HTMLInputElement>('Slowest response (ms)')
  await userEvent.clear(latency)
  await userEvent.type(latency, '50')
  await userEvent.click(screen.getByRole('radio', { name: /own interval/ }))
  await userEvent.type(screen.getByLabelText('Seconds'), '30')
  await userEvent.type(screen.getByLabelText('E-mail address'), 'oncall@example.org')
  await userEvent.click(screen.getByRole('tab', { name: 'General' }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('100 to 5,000.')).toBeTruthy()
  expect(calls.some(call => call.method === 'PUT')).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'Back to 500' }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(calls.some(call => call.method === 'PUT')).toBe(true))
  expect(calls.find(call => call.method === 'PUT')?.body).toMatchObject({
    name: 'Acme Two',
    health_interval_seconds: 30,
    alert_latency_ms: 500,
    alert_email: 'oncall@example.org',
  })
})

it('sends a test mail to the address that is stored, and says where it went', async () => {
  stubApi({
    'GET /tenants/t/settings': { body: { ...settings, alert_email: 'oncall@example.org' } },
    'POST /tenants/t/alerts/test-mail': { body: { to: 'oncall@example.org' } },
  })
  await renderPage(<TestedPage first="monitoring" />)
  const button = () => screen.findByRole<HTMLButtonElement>('button', { name: 'Send test mail' })
  await userEvent.click(await button())
  expect(await screen.findByText('On its way to oncall@example.org.')).toBeTruthy()
  await userEvent.type(screen.getByLabelText('E-mail address'), 'x')
  expect((await button()).disabled).toBe(true)
})

it('sends no test mail where there is no mail', async () => {
  stubApi({ 'GET /tenants/t/settings': { body: settings } })
  await renderPage(<TestedPage first="monitoring" mail={false} />)
  expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Send test mail' })).disabled).toBe(true)
  expect(screen.getByRole('note', { name: 'This Nexus cannot send e-mails.' })).toBeTruthy()
})
