import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { SettingsPage } from '@/features/settings/settings-page'
import { makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const settings = {
  name: 'Acme',
  description: 'Old',
  viewer_scope: 'assigned',
  audit_retention_days: null,
  version: 4,
}

it('saves all settings with the version that was shown', async () => {
  const calls = stubApi({
    'GET /tenants/t/settings': { body: settings },
    'PUT /tenants/t/settings': { body: { ...settings, viewer_scope: 'all', audit_retention_days: 90, version: 5 } },
  })
  await renderPage(<SettingsPage tenant={makeTenant()} />)
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
  await renderPage(<SettingsPage tenant={makeTenant()} />)
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
  await renderPage(<SettingsPage tenant={makeTenant()} />)
  await userEvent.click(await screen.findByRole('radio', { name: /Delete old entries/ }))
  await userEvent.type(screen.getByLabelText('Days'), '0')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('1 to 3,650 days.')).toBeTruthy()
  expect(calls.some(call => call.method === 'PUT')).toBe(false)
})

it('only shows them to managers', async () => {
  stubApi({ 'GET /tenants/t/settings': { body: settings } })
  await renderPage(<SettingsPage tenant={makeTenant({ may: { ...makeTenant().may, manage_settings: false } })} />)
  expect((await screen.findByLabelText('Name')).closest('fieldset')?.disabled).toBe(true)
  expect(screen.queryByRole('button', { name: 'Save' })).toBeNull()
})
