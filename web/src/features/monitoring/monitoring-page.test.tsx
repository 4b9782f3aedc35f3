import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { MonitoringPage, type MonitoringSearch } from '@/features/monitoring/monitoring-page'
import type { CheckEntry } from '@/lib/api/types'
import { makeMetrics, makeTenant } from '@/lib/fixtures'
import { renderPage, stubApi } from '@/lib/test-render'

beforeEach(() => {
  // As wide as a table needs.
  vi.stubGlobal('matchMedia', (media: string) => ({
    matches: media.includes('min-width'),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }))
})
afterEach(() => vi.unstubAllGlobals())

const total = makeMetrics().total
const servers = [
  makeMetrics(),
  makeMetrics({
    server: 's2',
    server_name: 'Office',
    status: 'degraded',
    total: { ...total, failed: 3, success_percent: 70 },
  }),
]
const entry: CheckEntry = {
  id: 'c1',
  server: 's1',
  server_name: 'Frankfurt',
  at: '2026-01-01T10:00:00Z',
  kind: 'check',
  what: 'GET /cluster/resources',
  ok: false,
  took_ms: 10_000,
  way: 'direct',
  attempts: 2,
  timeout_ms: 10_000,
  error: 'no answer within 10 s',
}

function Here({ start }: { start: MonitoringSearch }) {
  const [search, setSearch] = useState(start)
  return (
    <MonitoringPage
      tenant={makeTenant()}
      search={search}
      onSearch={change => setSearch(old => ({ ...old, ...change }))}
    />
  )
}

async function open(start: MonitoringSearch = {}, shown = servers) {
  const asked: string[] = []
  const calls = stubApi({
    'GET /tenants/t/metrics': {
      body: {
        span: 'hour',
        begins_at: '',
        ends_at: '',
        total: { ...total, checks: 1234, failed: 5, success_percent: 99.97 },
        servers: shown,
      },
    },
    'GET /tenants/t/alerts': { body: { alerts: [], next_cursor: null, open: 0, active: 0 } },
    'GET /tenants/t/checks': { body: { checks: [entry], next_cursor: null } },
  })
  const answer = globalThis.fetch
  vi.stubGlobal('fetch', (request: Request) => {
    asked.push(new URL(request.url).search)
    return answer(request)
  })
  await renderPage(<Here start={start} />)
  return { calls, asked }
}

it('sums all servers up, never rounds a failure away, and says where to look first', async () => {
  await open()
  expect(await screen.findByText('99.9%')).toBeTruthy()
  expect(screen.getByText('1,234')).toBeTruthy()
  expect(screen.getByText('5 failed')).toBeTruthy()
  expect(await screen.findByText('No open alerts.')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Office' })).toBeTruthy()
  expect(screen.queryByRole('link', { name: 'Frankfurt' })).toBeNull()
})

it('asks for 30 days when they are chosen', async () => {
  const { asked } = await open()
  await userEvent.click(await screen.findByRole('radio', { name: '30 days' }))
  await waitFor(() => expect(asked).toContain('?span=day'))
})

it('puts servers beside each other, and takes them in and out of the chart', async () => {
  await open({ tab: 'comparison' })
  const table = within(await screen.findByRole('table', { name: 'Comparison' }))
  expect(table.getByText('70%')).toBeTruthy()
  const office = screen.getByRole<HTMLInputElement>('checkbox', { name: 'Show Office in the chart' })
  expect(office.checked).toBe(true)
  await userEvent.click(office)
  expect(office.checked).toBe(false)
  await userEvent.click(screen.getByRole('button', { name: 'Success rate' }))
  const first = screen.getAllByRole('link').map(link => link.textContent)
  expect(first.indexOf('Office')).toBeLessThan(first.indexOf('Frankfurt'))
})

it('lists checks with their errors, and filters them', async () => {
  const { asked } = await open({ tab: 'history' })
  expect(await screen.findByText('no answer within 10 s')).toBeTruthy()
  await userEvent.click(screen.getByRole('checkbox', { name: 'Only failed' }))
  await waitFor(() => expect(asked.some(query => query.includes('failed=true'))).toBe(true))
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Server' }), 'Office')
  await waitFor(() => expect(asked.some(query => query.includes('server=s2'))).toBe(true))
})

it('says what to do next where no server is', async () => {
  await open({}, [])
  expect(await screen.findByText('Nothing to watch yet')).toBeTruthy()
  expect(screen.getByRole('link', { name: 'Add server' })).toBeTruthy()
})
