import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { BulkDialog } from '@/features/bulk/bulk-dialog'
import { BulkPanel } from '@/features/bulk/bulk-panel'
import { planOf } from '@/features/bulk/plan'
import { makeBulk, makeGuest } from '@/lib/fixtures'
import { refOf } from '@/lib/guest-key'
import { setDrawer } from '@/lib/task-drawer'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => {
  vi.unstubAllGlobals()
  setDrawer({ open: false, tab: 'tasks', task: null, bulk: null })
})

const web = makeGuest()
const stopped = makeGuest({ vmid: 101, name: 'db-01', status: 'stopped', actions: ['start'] })
const foreign = makeGuest({
  vmid: 102,
  name: 'other',
  may: { console: true, watch: true, power: false, snapshot: false },
})

it('knows who takes part', () => {
  const plan = planOf('stop', [web, stopped, foreign])
  expect(plan.able).toEqual([web])
  expect(plan.unable).toEqual([stopped, foreign])
  expect(plan.groups).toEqual([{ status: 'running', guests: [web] }])
})

it('names the guests, those left out with the reason, and asks for what was chosen', async () => {
  const calls = stubApi({
    'POST /tenants/t/bulk-actions': { status: 202, body: { bulk: makeBulk(), guests: [] } },
  })
  const started = vi.fn()
  const closed = vi.fn()
  const second = makeGuest({ vmid: 105, name: 'web-02' })
  await renderPage(
    <BulkDialog
      tenant="t"
      action="shutdown"
      guests={[web, second, stopped, foreign]}
      onStarted={started}
      onClose={closed}
    />,
  )
  expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.getByText('web-01')).toBeTruthy()
  await userEvent.click(screen.getByText('2 guests are left out'))
  expect(screen.getByText(/state: Stopped/)).toBeTruthy()
  await userEvent.selectOptions(screen.getByLabelText('Wait at most'), '60')
  await userEvent.click(screen.getByLabelText(/Stop what still runs then/))
  await userEvent.selectOptions(screen.getByLabelText('At once on each server'), '2')
  await userEvent.click(screen.getByRole('button', { name: 'Shut down 2 guests' }))
  await waitFor(() => expect(closed).toHaveBeenCalled())
  expect(started).toHaveBeenCalled()
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({
    action: 'shutdown',
    guests: [refOf(web), refOf(second)],
    per_server: 2,
    timeout_seconds: 60,
    force_stop: true,
  })
})

it('begins nothing where nobody can take part', async () => {
  stubApi({})
  await renderPage(<BulkDialog tenant="t" action="stop" guests={[stopped]} onClose={() => undefined} />)
  expect(screen.getByRole('button', { name: 'Stop 0 guests' }).hasAttribute('disabled')).toBe(true)
})

const counts = { waiting: 0, running: 0, ok: 1, failed: 1, refused: 0, skipped: 0 }

it('tells how each guest fared, and tries those again that failed', async () => {
  const bulk = makeBulk({ state: 'done', counts, ended_at: '2026-01-01T00:01:00Z', may_stop: false })
  const guests = [
    { guest: refOf(web), guest_name: 'web-01', state: 'failed', detail: 'got timeout' },
    { guest: refOf(stopped), guest_name: 'db-01', state: 'ok' },
  ]
  stubApi({
    'GET /tenants/t/bulk-actions': { body: { bulks: [bulk] } },
    'GET /tenants/t/bulk-actions/bulk-1': { body: { bulk, guests } },
    'GET /tenants/t/guests': { body: { guests: [web, stopped], servers: [] } },
  })
  await renderPage(<BulkPanel tenant="t" slug="acme" />)
  await userEvent.click(await screen.findByRole('button', { name: /Shut down 2 guests/ }))
  expect(await screen.findByText('failed: got timeout')).toBeTruthy()
  await userEvent.click(await screen.findByRole('button', { name: 'Try 1 again' }))
  expect(await screen.findByRole('button', { name: 'Shut down 1 guest' })).toBeTruthy()
})

it('stops after a question', async () => {
  const bulk = makeBulk()
  const calls = stubApi({
    'GET /tenants/t/bulk-actions': { body: { bulks: [bulk] } },
    'GET /tenants/t/bulk-actions/bulk-1': { body: { bulk, guests: [] } },
    'GET /tenants/t/guests': { body: { guests: [], servers: [] } },
    'POST /tenants/t/bulk-actions/bulk-1/stop': { status: 202, body: makeBulk({ state: 'stopping' }) },
  })
  setDrawer({ bulk: 'bulk-1' })
  await renderPage(<BulkPanel tenant="t" slug="acme" />)
  await userEvent.click(await screen.findByRole('button', { name: 'Stop' }))
  await userEvent.click(await screen.findByRole('button', { name: 'Begin no more' }))
  await waitFor(() => expect(calls.some(call => call.path.endsWith('/stop'))).toBe(true))
  expect(await screen.findByText(/^Stopping/)).toBeTruthy()
})
