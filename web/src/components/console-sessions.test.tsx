import { screen, waitFor, within } from '@testing-library/react'
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
  await renderPage(<ConsoleSessionsPage place="t" title="Consoles" filter={{}} onFilter={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: /^End/ }))
  await userEvent.type(screen.getByLabelText('Reason'), ' Maintenance ')
  await userEvent.click(screen.getByRole('button', { name: 'End console' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(calls.find(call => call.method === 'POST')?.body).toEqual({ reason: 'Maintenance' })
})

it('says why consoles ended: in its own words, or in those of who ended it', async () => {
  const sessions = [ended('s2', 'idle'), ended('s3', 'We move the server')]
  stubApi({ 'GET /console-sessions': { body: { sessions, next_cursor: null } } })
  await renderPage(<ConsoleSessionsPage place={null} title="Consoles" filter={{ all: true }} onFilter={vi.fn()} />)
  expect(await screen.findByText('“We move the server”')).toBeTruthy()
  expect(screen.getByText('The console was idle for too long', { selector: 'td *' })).toBeTruthy()
  expect(screen.getAllByText('Acme')).toHaveLength(2)
  expect(screen.queryByRole('button', { name: /^End/ })).toBeNull()
})

it('shows what goes through, the round trip of both legs and the last input', async () => {
  const live = { ...open, browser_rtt_ms: 24.4, server_rtt_ms: 2.6, idle_seconds: 130 }
  stubApi({ 'GET /tenants/t/console-sessions': { body: { sessions: [live], next_cursor: null } } })
  await renderPage(<ConsoleSessionsPage place="t" title="Consoles" filter={{}} onFilter={vi.fn()} />)
  expect(await screen.findByText('↓ 1 KiB ↑ 10 B')).toBeTruthy()
  expect(screen.getByTitle('To the browser and back 24 ms, to Proxmox VE and back 3 ms')).toBeTruthy()
  expect(screen.getByText('2 min 10 s ago')).toBeTruthy()
})

it('shows all of one session, and its task in Proxmox VE', async () => {
  const upid = 'UPID:fra-1:0001F4E2:00A1B2C3:65000000:vncproxy:100:nexus@pve!broker:'
  const sessions = [{ ...ended('s2', 'Maintenance'), upid }]
  stubApi({ 'GET /tenants/t/console-sessions': { body: { sessions, next_cursor: null } } })
  await renderPage(<ConsoleSessionsPage place="t" title="Consoles" filter={{ all: true }} onFilter={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Details of Anna Berg on web-01' }))
  const panel = await screen.findByRole('dialog')
  for (const text of ['anna@example.org', 'An administrator ended this console', 'Maintenance', upid])
    expect(within(panel).getByText(text)).toBeTruthy()
  expect(within(panel).queryByRole('button', { name: 'End console' })).toBeNull()
})

it('asks for those of one person who ended so', async () => {
  const calls = stubApi({
    'GET /tenants/t/console-sessions': { body: { sessions: [], next_cursor: null } },
    'GET /tenants/t/members': { body: { members: [{ user: open.user }], total: 1, next_cursor: null } },
  })
  const onFilter = vi.fn()
  await renderPage(<ConsoleSessionsPage place="t" title="Consoles" filter={{ all: true }} onFilter={onFilter} />)
  expect(calls.some(call => call.path.endsWith('/members'))).toBe(false)
  await userEvent.click(await screen.findByRole('button', { name: 'Any person' }))
  await userEvent.click(await screen.findByRole('option', { name: /Anna Berg/ }))
  expect(onFilter).toHaveBeenLastCalledWith({ all: true, user: 'u1' })
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Cause of the end' }), 'idle')
  expect(onFilter).toHaveBeenLastCalledWith({ all: true, cause: 'idle' })
})
