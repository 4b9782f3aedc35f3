import { expect, it } from 'vitest'
import { isImplied, lastDay, shownRights, untilOf, withImplied } from '@/features/assignments/rights'

it('brings along what a right needs', () => {
  expect(withImplied(['console'])).toEqual(['view', 'watch', 'console'])
  expect(withImplied(['snapshot'])).toEqual(['view', 'snapshot'])
  expect(withImplied([])).toEqual([])
})

it('shows only what says something', () => {
  expect(shownRights(['view', 'watch', 'console', 'power'])).toEqual(['console', 'power'])
  expect(shownRights(['view'])).toEqual(['view'])
  expect(shownRights(['view', 'watch'])).toEqual(['watch'])
})

it('knows what cannot be taken away alone', () => {
  expect(isImplied('view', ['view', 'power'])).toBe(true)
  expect(isImplied('view', ['view'])).toBe(false)
  expect(isImplied('watch', ['view', 'watch', 'console'])).toBe(true)
  expect(isImplied('power', ['view', 'power'])).toBe(false)
})

it('lets rights hold until the end of the chosen day', () => {
  expect(lastDay(untilOf('2026-02-28'))).toBe('2026-02-28')
  expect(new Date(untilOf('2026-12-31') ?? '').getFullYear()).toBe(2027)
  expect(untilOf('')).toBeNull()
  expect(lastDay(null)).toBe('')
})
