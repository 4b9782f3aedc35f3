import { expect, it } from 'vitest'
import { formatRange, isEmptyScope, NO_SCOPE, parsePool, parseRange, parseTag } from '@/features/system/scope'

it('knows pools, also those within others', () => {
  expect(['acme', 'a.b_c-1', 'acme/web/test'].map(parsePool)).toEqual(['acme', 'a.b_c-1', 'acme/web/test'])
  expect(['', 'a b', '/acme', 'acme/', 'a/b/c/d', 'köln'].map(parsePool)).toEqual(Array(6).fill(null))
})

it('knows tags, in small letters as PVE keeps them', () => {
  expect(['Acme', 'a+b', '_x', '7'].map(parseTag)).toEqual(['acme', 'a+b', '_x', '7'])
  expect(['', '-a', 'a;b', 'a b'].map(parseTag)).toEqual(Array(4).fill(null))
})

it('knows numbers and ranges of guests', () => {
  expect(parseRange('100')).toEqual({ from: 100, to: 100 })
  expect(parseRange('100-199')).toEqual({ from: 100, to: 199 })
  expect(parseRange('100–199')).toEqual({ from: 100, to: 199 })
  expect(['', '99', '0-100', '200-100', '1e3', '100-', '1000000000', 'a'].map(parseRange)).toEqual(Array(8).fill(null))
  expect([formatRange({ from: 100, to: 100 }), formatRange({ from: 100, to: 199 })]).toEqual(['100', '100–199'])
})

it('knows a limit that lets nothing through', () => {
  expect(isEmptyScope(NO_SCOPE)).toBe(true)
  expect(isEmptyScope({ ...NO_SCOPE, tags: ['a'] })).toBe(false)
})
