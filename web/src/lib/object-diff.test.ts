import { expect, it } from 'vitest'
import { changesOf } from '@/lib/object-diff'

it('leaves out what stayed', () => {
  expect(changesOf({ name: 'a', port: 8006 }, { name: 'b', port: 8006 })).toEqual([
    { name: 'name', before: 'a', after: 'b' },
  ])
})

it('shows a new thing and one that is gone as it is', () => {
  expect(changesOf(null, { role: 'viewer' })).toEqual([{ name: 'role', before: null, after: 'viewer' }])
  expect(changesOf({ role: 'viewer' }, undefined)).toEqual([{ name: 'role', before: 'viewer', after: null }])
})

it('goes into inner objects, and takes lists as one value', () => {
  expect(
    changesOf({ tls: { mode: 'pin' }, rights: ['view'], until: null }, { tls: { mode: 'ca' }, rights: [], until: 'x' }),
  ).toEqual([
    { name: 'tls.mode', before: 'pin', after: 'ca' },
    { name: 'rights', before: 'view', after: '–' },
    { name: 'until', before: '–', after: 'x' },
  ])
})

it('has nothing to say about nothing', () => {
  expect(changesOf(undefined, null)).toEqual([])
  expect(changesOf('a', 'b')).toEqual([{ name: '', before: 'a', after: 'b' }])
})
