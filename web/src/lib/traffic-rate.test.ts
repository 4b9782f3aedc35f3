import { expect, it } from 'vitest'
import { nextSample } from '@/lib/traffic-rate'

const first = nextSample(null, { down: 1000, up: 10 }, 0)

it('says nothing of one count alone', () => {
  expect(first.rate).toBeNull()
})

it('is what came in the time between', () => {
  const next = nextSample(first, { down: 151_000, up: 310 }, 15_000)
  expect(next.rate).toEqual({ down: 10_000, up: 20 })
  expect(next.at).toBe(15_000)
})

it('waits for more than a moment, and keeps what was counted', () => {
  expect(nextSample(first, { down: 2000, up: 10 }, 500)).toBe(first)
  expect(nextSample(first, { down: 3000, up: 10 }, 4000).rate).toEqual({ down: 500, up: 0 })
})

it('is nothing at all only once news should have come', () => {
  expect(nextSample(first, { down: 1000, up: 10 }, 19_000)).toBe(first)
  expect(nextSample(first, { down: 1000, up: 10 }, 20_000).rate).toEqual({ down: 0, up: 0 })
})

it('begins anew with other counts', () => {
  expect(nextSample(first, { down: 5, up: 10 }, 9000)).toEqual({ down: 5, up: 10, at: 9000, rate: null })
})
