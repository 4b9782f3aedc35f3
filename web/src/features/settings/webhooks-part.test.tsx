import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { WebhooksPart } from '@/features/settings/webhooks-part'
import type { Webhook, WebhookDelivery } from '@/lib/api/types'
import { makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const delivery: WebhookDelivery = {
  id: 'd1',
  event: 'alert_opened',
  state: 'failed',
  attempts: 6,
  status: 503,
  error: 'no room',
  body: '{"event":"alert_opened"}',
  created_at: '2026-01-01T00:00:00Z',
  next_at: null,
  delivered_at: null,
}
const webhook: Webhook = {
  id: 'w1',
  name: 'Pager',
  url: 'https://pager.example.org/hook',
  events: ['alert_opened', 'alert_resolved'],
  is_active: true,
  created_at: '2026-01-01T00:00:00Z',
  etag: '"7"',
  last_delivery: delivery,
}
const LIST = 'GET /tenants/t/webhooks'
const list = { body: { webhooks: [webhook], limit: 10 } }
const choose = async (item: string) => {
  await userEvent.click(await screen.findByRole('button', { name: 'More actions for Pager' }))
  await userEvent.click(await screen.findByRole('menuitem', { name: item }))
}

it('adds a webhook, and shows its secret once', async () => {
  const calls = stubApi({
    [LIST]: { body: { webhooks: [], limit: 10 } },
    'POST /tenants/t/webhooks': { status: 201, body: { webhook, secret: 'whsec_c2VjcmV0' } },
  })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Add webhook' }))
  const dialog = await screen.findByRole('dialog')
  const submit = within(dialog).getByRole('button', { name: 'Add webhook' })
  await userEvent.type(within(dialog).getByLabelText('Name'), 'Pager')
  await userEvent.type(within(dialog).getByLabelText('Address'), 'pager.example.org')
  await userEvent.click(submit)
  expect(await within(dialog).findByText('A whole address, as https://example.org/hook.')).toBeTruthy()
  await userEvent.clear(within(dialog).getByLabelText('Address'))
  await userEvent.type(within(dialog).getByLabelText('Address'), webhook.url)
  await userEvent.click(within(dialog).getByRole('checkbox', { name: 'Server offline' }))
  await userEvent.click(submit)
  expect(await screen.findByText('whsec_c2VjcmV0')).toBeTruthy()
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({
    name: 'Pager',
    url: webhook.url,
    events: ['alert_opened', 'alert_resolved', 'server_offline'],
    is_active: true,
  })
  await userEvent.click(screen.getByRole('button', { name: 'Done' }))
  expect(screen.queryByText('whsec_c2VjcmV0')).toBeNull()
})

it('changes the one that was shown, and says where it may not lead', async () => {
  const calls = stubApi({
    [LIST]: list,
    'PUT /tenants/t/webhooks/w1': {
      status: 422,
      body: { code: 'invalid', detail: 'x', errors: [{ field: 'url', code: 'address_refused', detail: 'no' }] },
    },
  })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await choose('Edit')
  await userEvent.click(await screen.findByRole('checkbox', { name: /Switched on/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Nexus may not call this address.')).toBeTruthy()
  const put = calls.find(call => call.method === 'PUT')
  expect([put?.ifMatch, put?.body]).toMatchObject(['"7"', { is_active: false }])
})

it('keeps what was typed when somebody else was faster', async () => {
  let current = webhook
  const calls = stubApi({
    [LIST]: () => ({ body: { webhooks: [current], limit: 10 } }),
    'PUT /tenants/t/webhooks/w1': ({ ifMatch }) =>
      ifMatch === '"8"' ? { body: current } : { status: 412, body: { code: 'changed_meanwhile', detail: 'x' } },
  })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await choose('Edit')
  const name = await screen.findByLabelText<HTMLInputElement>('Name')
  await userEvent.type(name, ' 2')
  current = { ...webhook, url: 'https://new.example.org/', etag: '"8"' }
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Load again' }))
  await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>('Address').value).toBe('https://new.example.org/'))
  expect(name.value).toBe('Pager 2')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(calls.filter(call => call.method === 'PUT')).toHaveLength(2)
})

it('shows the answer to a test in its place', async () => {
  stubApi({ [LIST]: list, 'POST /tenants/t/webhooks/w1/test': { body: { ...delivery, event: 'test' } } })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await userEvent.click(await screen.findByRole('button', { name: /^Test/ }))
  expect(await screen.findByText('no room')).toBeTruthy()
})

it('shows what was sent, and sends what failed again', async () => {
  const calls = stubApi({
    [LIST]: list,
    'GET /tenants/t/webhooks/w1/deliveries': { body: { deliveries: [delivery], next_cursor: null } },
    'POST /tenants/t/webhooks/w1/deliveries/d1/retry': { body: { ...delivery, state: 'delivered' } },
  })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Pager' }))
  await userEvent.click(await screen.findByRole('button', { name: /Alert opened/ }))
  expect(await screen.findByText(/"event": "alert_opened"/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
  await waitFor(() => expect(calls.some(call => call.path.endsWith('/d1/retry'))).toBe(true))
})

it('lets managers look and no more', async () => {
  stubApi({ [LIST]: list })
  const { may } = makeTenant()
  await renderPage(<WebhooksPart tenant={makeTenant({ may: { ...may, manage_settings: false } })} />)
  expect((await screen.findByRole<HTMLButtonElement>('button', { name: 'Add webhook' })).disabled).toBe(true)
  expect(screen.getByRole<HTMLButtonElement>('button', { name: /^Test/ }).disabled).toBe(true)
})

it('asks before it deletes', async () => {
  const calls = stubApi({ [LIST]: list, 'DELETE /tenants/t/webhooks/w1': { status: 204 } })
  await renderPage(<WebhooksPart tenant={makeTenant()} />)
  await choose('Delete')
  expect(calls.some(call => call.method === 'DELETE')).toBe(false)
  await userEvent.click(await screen.findByRole('button', { name: 'Delete Pager' }))
  await waitFor(() => expect(calls.some(call => call.method === 'DELETE')).toBe(true))
})
