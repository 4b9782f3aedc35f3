import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { ServerTestResult } from '@/components/server-test/result'
import type { Certificate, Doctor, TestReport, TestStage } from '@/lib/api/types'
import { renderPage } from '@/lib/test-render'

const NAMES: TestStage['stage'][] = ['resolve', 'connect', 'tls', 'api', 'permissions']

/** The stages up to the one that fails, which says what went wrong. */
function stages(failing?: TestStage['stage'], detail = '', remedy: string | null = null): TestStage[] {
  const end = failing ? NAMES.indexOf(failing) : NAMES.length
  return NAMES.map((stage, index) => {
    if (index === end) return { stage, ok: false, skipped: false, milliseconds: 12, detail, remedy }
    const ok = index < end
    return { stage, ok, skipped: !ok, milliseconds: ok ? 1500 : null, detail: '', remedy: null }
  })
}

const certificate: Certificate = {
  fingerprint: 'AA:BB',
  subject: 'pve',
  issuer: 'PVE Cluster Manager CA',
  not_before: '2024-01-01T00:00:00Z',
  not_after: '2025-01-01T00:00:00Z',
  trusted: false,
  changed: false,
}
const doctor: Doctor = {
  features: [
    { feature: 'see_guests', missing: [] },
    { feature: 'snapshots', missing: ['VM.Snapshot', 'VM.Snapshot.Rollback'] },
  ],
  commands: [
    { purpose: 'modify_role', command: 'pveum role modify Nexus --append 1 --privs VM.Snapshot' },
    { purpose: 'grant_token', command: "pveum acl modify / --tokens 'nexus@pve!broker' --roles Nexus" },
  ],
  warnings: [{ code: 'root_token', detail: 'root@pam!x may do everything', remedy: null }],
}
const passed: TestReport = {
  ok: true,
  way: 'direct',
  attempts: 1,
  stages: stages(),
  address: '192.0.2.10:8006',
  version: '9.2.1',
  nodes: 3,
  recommended_timeout_seconds: 4,
  doctor,
}
const failed = (...what: Parameters<typeof stages>): TestReport => ({
  ok: false,
  way: 'tailscale',
  attempts: 4,
  stages: stages(...what),
})

it('shows the way that failed first, with its cause, the remedy and the command in it', async () => {
  const remedy = 'Nothing listens there. Check on the node: systemctl status pveproxy'
  const reports = [passed, failed('connect', 'connection refused', remedy)]
  await renderPage(<ServerTestResult test={{ ok: true, reports }} running={false} />)
  expect(screen.getByRole('tab', { selected: true, name: /Tailscale/ })).toBeTruthy()
  expect(screen.getByText('connection refused')).toBeTruthy()
  expect(screen.getByText('Nothing listens there. Check on the node:')).toBeTruthy()
  expect(screen.getByRole('button', { name: 'Copy systemctl status pveproxy' })).toBeTruthy()
  expect(screen.getByText('Tailscale · 4 attempts')).toBeTruthy()
  await userEvent.click(screen.getByRole('tab', { name: /Direct/ }))
  expect(screen.getByText('192.0.2.10:8006')).toBeTruthy()
  expect(screen.getAllByText('1.5 s')).toHaveLength(5)
})

it('lists what the token lacks and the commands in their order', async () => {
  await renderPage(<ServerTestResult test={{ ok: true, reports: [passed] }} running={false} />)
  expect(screen.getByText('1 feature lacks privileges')).toBeTruthy()
  const row = screen.getByRole('row', { name: /Snapshots/ })
  expect(within(row).getByText('VM.Snapshot.Rollback')).toBeTruthy()
  expect(screen.getByText('1. Add what the role lacks')).toBeTruthy()
  expect(screen.getByText('2. Give the role to the token')).toBeTruthy()
  expect(screen.getByText('This token belongs to root')).toBeTruthy()
})

it('takes over the recommended timeout, and says when it is in force', async () => {
  const onTimeout = vi.fn()
  const test = { ok: true, reports: [passed] }
  const shown = await renderPage(<ServerTestResult test={test} running={false} timeout={10} onTimeout={onTimeout} />)
  await userEvent.click(screen.getByRole('button', { name: 'Use it' }))
  expect(onTimeout).toHaveBeenCalledExactlyOnceWith(4)
  shown.unmount()
  await renderPage(<ServerTestResult test={test} running={false} timeout={4} onTimeout={onTimeout} />)
  expect(screen.queryByRole('button', { name: 'Use it' })).toBeNull()
})

it('shows the old and the new fingerprint of a changed certificate, and trusts the new one only when told to', async () => {
  const changed = { ...certificate, fingerprint: 'CC:DD', expected_fingerprint: 'AA:BB', changed: true }
  const report = { ...failed('tls', 'another certificate'), certificate: changed }
  const onTrust = vi.fn()
  await renderPage(<ServerTestResult test={{ ok: false, reports: [report] }} running={false} onTrust={onTrust} />)
  expect(screen.getByText('AA:BB')).toBeTruthy()
  expect(screen.getByText('CC:DD')).toBeTruthy()
  expect(screen.getByText('pvenode cert info')).toBeTruthy()
  expect(screen.getByText(/expired/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Trust the new certificate' }))
  expect(onTrust).toHaveBeenCalledExactlyOnceWith('CC:DD')
})

it('lets nobody trust a certificate who may not', async () => {
  const report = { ...failed('tls', 'unknown authority'), certificate }
  await renderPage(<ServerTestResult test={{ ok: false, reports: [report] }} running={false} />)
  expect(screen.queryByRole('button', { name: /Trust/ })).toBeNull()
  expect(screen.getByText(/must decide whether to trust it/)).toBeTruthy()
})
