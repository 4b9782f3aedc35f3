import { expect, it } from 'vitest'
import { auditFilter, auditParameters, trimFilter } from '@/lib/audit-filter'

const NOW = Date.parse('2026-03-10T12:00:00Z')

it('shows the last week unless asked for something else', () => {
  expect(auditParameters({}, NOW)).toEqual({ from: '2026-03-03T12:00:00.000Z' })
  expect(auditParameters({ range: 'all' }, NOW)).toEqual({})
})

it('takes whole days of one’s own calendar, the last one included', () => {
  const { from, to } = auditParameters({ range: 'custom', from: '2026-03-01', to: '2026-03-02' }, NOW)
  expect(new Date(from ?? '').toString()).toContain('Mar 01 2026 00:00:00')
  expect(new Date(to ?? '').toString()).toContain('Mar 03 2026 00:00:00')
  expect(auditParameters({ range: 'custom', from: '2026-03-01' }, NOW)).not.toHaveProperty('to')
})

it('keeps days out of presets, and nothing empty', () => {
  expect(auditParameters({ range: 'hour', to: '2026-03-02', q: '', actor: 'jane' }, NOW)).toEqual({
    from: '2026-03-10T11:00:00.000Z',
    actor: 'jane',
  })
  expect(trimFilter({ range: 'week', q: '', action: 'server.create' })).toEqual({ action: 'server.create' })
})

it('forgives an address that somebody has typed', () => {
  expect(auditFilter.parse({ range: 'ever', from: 'yesterday', outcome: 1, q: 42 })).toEqual({
    range: undefined,
    from: undefined,
    outcome: undefined,
    q: '42',
  })
})
