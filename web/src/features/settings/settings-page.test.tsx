import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { SettingsPage } from '@/features/settings/settings-page'
import type { Settings } from '@/lib/api/types'
import { makeTenant } from '@/lib/fixtures'
import { type Call, renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const settings: Settings = {
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
  mail_on_alert: true,
  mail_on_recovery: true,
  language: 'en',
  primary_color: null,
  secondary_color: null,
  accent_color: null,
  logo: null,
  logo_on_sign_in: false,
  default_timeout_seconds: 10,
  default_tls_mode: 'pin',
  console_per_user: null,
  console_per_guest: null,
  console_per_tenant: null,
  console_idle_seconds: 90 * 60 + 15,
  console_max_seconds: null,
  defaults: { health_interval_seconds: 60, console_per_user: 8 },
  version: 4,
}
const { version: _, defaults: __, logo: ___, ...sent } = settings

/** The API of the page; what is stored can be another by the next call. */
function stub(answers: { current?: () => Settings; put?: (call: Call) => object } = {}) {
  return stubApi({
    'GET /tenants/t/settings': () => ({ body: answers.current?.() ?? settings }),
    'GET /tenants/t/webhooks': { body: { webhooks: [], limit: 10 } },
    'PUT /tenants/t/settings': call => answers.put?.(call) ?? { body: { ...settings, version: 5 } },
  })
}

const show = (values: Partial<Parameters<typeof SettingsPage>[0]> = {}) =>
  renderPage(<SettingsPage tenant={makeTenant()} mail {...values} />)
const field = (name: string | RegExp) => screen.findByLabelText<HTMLInputElement>(name)
const save = async () => userEvent.click(screen.getByRole('button', { name: 'Save' }))
const puts = (calls: Call[]) => calls.filter(call => call.method === 'PUT')

it('saves all settings with the version that was shown', async () => {
  const calls = stub()
  await show()
  await userEvent.click(await screen.findByRole('radio', { name: /All guests/ }))
  await userEvent.click(screen.getByRole('radio', { name: /Delete old entries/ }))
  await userEvent.type(screen.getByLabelText('Days'), '90')
  expect(screen.getByText('3 changes')).toBeTruthy()
  await save()
  await waitFor(() => expect(puts(calls)).toHaveLength(1))
  const [put] = puts(calls)
  // Seconds that are no whole minutes go back as they came.
  expect([put?.body, put?.ifMatch]).toEqual([{ ...sent, viewer_scope: 'all', audit_retention_days: 90 }, '"4"'])
})

it('sends every group, in the units of the server', async () => {
  const calls = stub()
  await show()
  await userEvent.type(await field('Primary colour'), '0D9488')
  await userEvent.click(screen.getByLabelText(/Show it to strangers/))
  await userEvent.type(screen.getByLabelText('E-mail address'), 'oncall@example.org')
  await userEvent.click(screen.getByLabelText(/When it is over/))
  await userEvent.selectOptions(screen.getByLabelText('Language'), 'de')
  await userEvent.type(screen.getByLabelText(/Health check every/), '30')
  await userEvent.click(screen.getByRole('radio', { name: /public authorities/ }))
  await userEvent.type(screen.getByLabelText('At once per guest'), '2')
  await userEvent.clear(screen.getByLabelText(/End without input/))
  await userEvent.type(screen.getByLabelText(/End in any case/), '480')
  await save()
  await waitFor(() => expect(puts(calls)).toHaveLength(1))
  expect(puts(calls)[0]?.body).toEqual({
    ...sent,
    primary_color: '#0d9488',
    logo_on_sign_in: true,
    alert_email: 'oncall@example.org',
    mail_on_recovery: false,
    language: 'de',
    health_interval_seconds: 30,
    default_tls_mode: 'verify',
    console_per_guest: 2,
    console_idle_seconds: null,
    console_max_seconds: 28_800,
  })
})

it('keeps what was typed when somebody else was faster', async () => {
  let current = settings
  const calls = stub({
    current: () => current,
    put: ({ ifMatch }) =>
      ifMatch === '"5"' ? { body: current } : { status: 412, body: { code: 'changed_meanwhile', detail: 'x' } },
  })
  await show()
  const name = await field('Name')
  await userEvent.clear(name)
  await userEvent.type(name, 'Acme Two')
  current = { ...settings, description: 'New', version: 5 }
  await save()
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await waitFor(() => expect(screen.getByLabelText<HTMLTextAreaElement>('Description').value).toBe('New'))
  expect(name.value).toBe('Acme Two')
  await save()
  await waitFor(() => expect(puts(calls)).toHaveLength(2))
})

it('takes no number that is none, and shows where', async () => {
  const calls = stub()
  await show()
  await userEvent.click(await screen.findByRole('radio', { name: /Delete old entries/ }))
  await userEvent.type(screen.getByLabelText('Days'), '0')
  const latency = await field('Slowest response (ms)')
  await userEvent.clear(latency)
  await userEvent.type(latency, '50')
  await userEvent.clear(await field(/End without input/))
  await userEvent.type(await field(/End without input/), '1')
  await save()
  expect(await screen.findByText('1 to 3,650 days.')).toBeTruthy()
  expect(screen.getByText('100 to 5,000.')).toBeTruthy()
  expect(screen.getByText('2 to 1,440.')).toBeTruthy()
  const nav = within(screen.getByRole('navigation', { name: 'Groups of settings' }))
  expect(nav.getByRole('link', { name: 'Alerts something is wrong here' })).toBeTruthy()
  expect(puts(calls)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: /Back to 500/ }))
  expect(latency.value).toBe('500')
})

it('measures a colour, and offers the nearest that can be seen', async () => {
  const calls = stub()
  await show()
  const accent = await field('Accent colour')
  await userEvent.type(accent, '#ffee00')
  await userEvent.tab()
  expect(await screen.findByText(/Too hard to see/)).toBeTruthy()
  expect(screen.getByText(/^1\.\d : 1 on light$/)).toBeTruthy()
  await save()
  expect(puts(calls)).toEqual([])
  await userEvent.click(screen.getByRole('button', { name: /the nearest that can be seen/ }))
  await waitFor(() => expect(screen.queryByText(/Too hard to see/)).toBeNull())
  await userEvent.clear(accent)
  await userEvent.type(accent, 'red')
  await userEvent.tab()
  expect(await screen.findByText(/A colour as #rrggbb/)).toBeTruthy()
})

it('brings what the server refuses to its field', async () => {
  const refused = { field: 'console_idle_seconds', code: 'out_of_range', detail: 'x' }
  stub({ put: () => ({ status: 422, body: { code: 'invalid', errors: [refused] } }) })
  await show()
  const idle = await field(/End without input/)
  await userEvent.clear(idle)
  await userEvent.type(idle, '600')
  await save()
  expect(await screen.findByText('This number is not possible here.')).toBeTruthy()
  expect(idle.getAttribute('aria-invalid')).toBe('true')
})

it('only shows them to managers', async () => {
  stub()
  await show({ tenant: makeTenant({ may: { ...makeTenant().may, manage_settings: false } }) })
  expect((await field('Name')).closest('fieldset')?.disabled).toBe(true)
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})

it('sends a test mail to the address that is stored, and says where it went', async () => {
  stubApi({
    'GET /tenants/t/settings': { body: { ...settings, alert_email: 'oncall@example.org' } },
    'GET /tenants/t/webhooks': { body: { webhooks: [], limit: 10 } },
    'POST /tenants/t/alerts/test-mail': { body: { to: 'oncall@example.org' } },
  })
  await show()
  const button = () => screen.findByRole<HTMLButtonElement>('button', { name: 'Send test mail' })
  await userEvent.click(await button())
  expect(await screen.findByText('On its way to oncall@example.org.')).toBeTruthy()
  await userEvent.type(screen.getByLabelText('E-mail address'), 'x')
  expect((await button()).disabled).toBe(true)
})

it('sends no test mail where there is no mail', async () => {
  stub()
  await show({ mail: false })
  expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Send test mail' })).disabled).toBe(true)
  expect(screen.getByRole('note', { name: 'This Nexus cannot send e-mails.' })).toBeTruthy()
})
