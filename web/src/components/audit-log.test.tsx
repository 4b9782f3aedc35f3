import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, it, vi } from 'vitest'
import { AuditLogPage } from '@/components/audit-log'
import { auditExportUrl } from '@/lib/api/audit-queries'
import type { AuditEntry } from '@/lib/api/types'
import { renderPage, stubApi } from '@/lib/test-render'

afterEach(() => vi.unstubAllGlobals())

const entry: AuditEntry = {
  id: 'e1',
  at: '2026-01-01T00:00:00Z',
  actor: { kind: 'user', id: 'u1', name: 'Jane Doe' },
  address: '192.0.2.1',
  user_agent: 'Firefox',
  action: 'member.update',
  target: { kind: 'member', id: 'u2', name: 'Ben' },
  before: { role: 'viewer' },
  after: { role: 'manager' },
  outcome: 'ok',
  detail: null,
  request_id: 'r-1',
  seq: 7,
}
const log = {
  'GET /tenants/t/audit': { body: { entries: [entry], next_cursor: null } },
  'GET /tenants/t/audit/actions': { body: { actions: ['member.update', 'unknown.thing'] } },
}

it('shows what was before and after', async () => {
  stubApi(log)
  await renderPage(<AuditLogPage place="t" title="Audit log" filter={{}} onFilter={vi.fn()} />)
  await userEvent.click(await screen.findByRole('button', { name: 'Details of Member changed, Ben' }))
  const changes = screen.getByRole('table', { name: 'Changes' })
  expect([...changes.querySelectorAll('tbody tr *')].map(cell => cell.textContent)).toEqual([
    'role',
    'viewer',
    'manager',
  ])
  expect(screen.getByText('r-1')).toBeTruthy()
})

it('hands filters on, and forgets what is empty', async () => {
  stubApi(log)
  const onFilter = vi.fn()
  await renderPage(<AuditLogPage place="t" title="Audit log" filter={{ outcome: 'ok' }} onFilter={onFilter} />)
  await screen.findByRole('option', { name: 'unknown.thing' })
  await userEvent.selectOptions(screen.getByLabelText('Action'), 'Member changed')
  expect(onFilter).toHaveBeenLastCalledWith({ outcome: 'ok', action: 'member.update' })
  await userEvent.selectOptions(screen.getByLabelText('Outcome'), 'Any outcome')
  expect(onFilter).toHaveBeenLastCalledWith({})
})

it('says loudly when the chain is broken', async () => {
  const verified = { whole: false, entries: 6, checkpoint: null, problem: 'entry 4 was changed' }
  stubApi({ ...log, 'POST /tenants/t/audit/verify': { body: verified } })
  await renderPage(<AuditLogPage place="t" title="Audit log" filter={{}} onFilter={vi.fn()} />)
  await userEvent.click(screen.getByRole('button', { name: 'Verify' }))
  expect((await screen.findByRole('alert')).textContent).toContain('entry 4 was changed')
})

it('exports what the filter shows', () => {
  const now = Date.parse('2026-01-08T00:00:00Z')
  expect(auditExportUrl('t', { actor: 'jane' }, 'csv', now)).toBe(
    '/api/v1/tenants/t/audit/export?format=csv&from=2026-01-01T00%3A00%3A00.000Z&actor=jane',
  )
  expect(auditExportUrl(null, { range: 'all' }, 'jsonl', now)).toBe('/api/v1/audit/export?format=jsonl')
})
