import { expect, it } from 'vitest'
import type { BulkGuest } from '@/lib/api/types'
import { mergeBulk, mergeBulkGuests } from '@/lib/bulk-cache'
import { makeBulk, makeTask } from '@/lib/fixtures'

const { guest } = makeTask()
const row = (values: Partial<BulkGuest> = {}): BulkGuest => ({
  guest,
  guest_name: 'web-01',
  state: 'waiting',
  ...values,
})
const counts = { waiting: 0, running: 0, ok: 2, failed: 0, refused: 0, skipped: 0 }

it('keeps the later of an answer and an event that crossed', () => {
  const done = makeBulk({ state: 'done', counts, ended_at: '2026-01-01T00:01:00Z' })
  const data = { pages: [{ bulks: [done] }], pageParams: [''] }
  expect(mergeBulk(data, makeBulk()).pages[0]?.bulks[0]).toBe(done)
  expect(mergeBulk(data, makeBulk({ id: 'new' })).pages[0]?.bulks.map(bulk => bulk.id)).toEqual(['new', 'bulk-1'])
})

it('replaces the guests that have changed, and no result by what was before', () => {
  const detail = { bulk: makeBulk(), guests: [row(), row({ guest: { ...guest, vmid: 7 } })] }
  const ok = row({ state: 'ok', ended_at: '2026-01-01T00:01:00Z' })
  const after = mergeBulkGuests(detail, makeBulk(), [ok])
  expect(after.guests.map(one => one.state)).toEqual(['ok', 'waiting'])
  expect(mergeBulkGuests(after, makeBulk(), [row({ state: 'running' })]).guests[0]).toBe(ok)
})
