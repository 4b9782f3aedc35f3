import { expect, it } from 'vitest'
import { addressRows, figureColumns, figureScale } from '@/features/guest/view'
import type { GuestFigures } from '@/lib/api/types'

const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 10, minute)).toISOString()

it('draws figures with gaps, CPU in percent', () => {
  const figures: GuestFigures = {
    timeframe: 'hour',
    consolidation: 'average',
    step_seconds: 60,
    times: [at(0), at(1), at(2)],
    cpu: [0.25, null, 0.5],
    max_cpu: [4, null, 4],
    memory_bytes: [1, 2],
    max_memory_bytes: [],
    disk_read: [],
    disk_write: [],
    net_in: [],
    net_out: [],
  }
  const columns = figureColumns(figures)
  expect(columns.cpu).toEqual([25, null, 50])
  expect(columns.memory).toEqual([1, 2, null])
  expect(columns.netIn).toEqual([null, null, null])
})

it('has room for the whole time, also where a guest is younger', () => {
  const end = Date.parse(at(2))
  const scale = figureScale('day', [Date.parse(at(0)), end], end)
  expect([scale.begin, scale.end]).toEqual([end - 24 * 3_600_000, end])
  const none = figureScale('week', [], end)
  expect([none.begin, none.end]).toEqual([end - 7 * 24 * 3_600_000, end])
})

it('names the addresses of the network first', () => {
  const address = (text: string) => ({ address: text, family: text.includes(':') ? 6 : 4 })
  const rows = addressRows({
    state: 'known',
    at: at(0),
    interfaces: [
      { name: 'ens18', addresses: [address('fe80::1'), address('2001:db8::1'), address('192.0.2.1')] },
      { name: 'docker0', addresses: [address('172.17.0.1'), address('169.254.3.4')] },
    ],
  })
  expect(rows.map(row => row.address)).toEqual(['192.0.2.1', '2001:db8::1', '172.17.0.1', 'fe80::1', '169.254.3.4'])
})
