import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { ConsoleSessionsPage } from '@/components/console-sessions'
import type { ConsoleSession } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const open: ConsoleSession = {
  id: 's1',
  user: { id: 'u1', full_name: 'Anna Berg', email: 'anna@example.org', avatar: null },
  user_name: 'anna@example.org',
  guest: { server: 'f', type: 'qemu', vmid: 100 },
  guest_name: 'web-01',
  server_name: 'Frankfurt',
  tenant: { id: 't', slug: 'acme', name: 'Acme' },
  view_only: false,
  state: 'open',
  address: '192.0.2.1',
  user_agent: 'Firefox',
  created_at: '2026-01-01T00:00:00Z',
  started_at: '2026-01-01T00:00:00Z',
  ended_at: null,
  bytes_down: 1024,
  bytes_up: 10,
  end_reason: null,
  may: { end: true },
}
const ended = (id: string, end_reason: string): ConsoleSession => ({ ...open, id, state: 'ended', end_reason })

it('ends a console with a reason for the person', async () => {
  const calls = stubApi({
    'GET /tenants/t/console-sessions': { body: { sessions: [open], next_cursor: null } },
    'POST /tenants/t/console-sessions/s1/end': { status: 204 },
  })
  await renderPage(<ConsoleSessionsPage place="t" title="Consoles" all={false} onAll={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: /^End/ }))
  await userEvent.type(screen.getByLabelText('Reason'), ' Maintenance ')
  await userEvent.click(screen.getByRole('button', { name: 'End console' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({ reason: 'Maintenance' })
})

it('says why consoles ended: in its own words, or in those of who ended it', async () => {
  const sessions = [ended('s2', 'idle'), ended('s3', 'We move the server')]
  stubApi({ 'GET /console-sessions': { body: { sessions, next_cursor: null } } })
  await renderPage(<ConsoleSessionsPage place={null} title="Consoles" all onAll={vi.fn()} />)
  expect(await screen.findByText('The console was idle for too long')).toBeTruthy()
  expect(screen.getByText('We move the server')).toBeTruthy()
  expect(screen.getAllByText('Acme')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: /^End/ })).toBeNull()
})
