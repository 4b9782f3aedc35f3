import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import { parseSort } from '@/features/guests/sort'
import { useHeldOrder } from '@/features/guests/use-held-order'
import { makeGuest } from '@/lib/fixtures'

const calm = makeGuest({ vmid: 1, cpu: 0.1 })
const busy = makeGuest({ vmid: 2, cpu: 0.9 })
const sort = parseSort('-cpu')

it('moves rows only when nobody points at them, or when asked', () => {
  const { result, rerender } = renderHook(({ rows }) => useHeldOrder(rows, sort, ''), {
    initialProps: { rows: [calm, busy] },
  })
  const ids = () => result.current.rows.map(guest => guest.vmid)
  expect(ids()).toEqual([2, 1])
  act(() => result.current.hold())
  rerender({ rows: [{ ...calm, cpu: 1 }, busy] })
  expect(ids()).toEqual([2, 1])
  expect(result.current.moves).toBe(1)
  act(() => result.current.resort())
  expect(ids()).toEqual([1, 2])
  expect(result.current.moves).toBe(0)
  rerender({ rows: [calm, busy] })
  expect(ids()).toEqual([1, 2])
  act(() => result.current.release())
  expect(ids()).toEqual([2, 1])
})

it('does not hold an order of another sort', () => {
  const { result, rerender } = renderHook(({ by }) => useHeldOrder([calm, busy], parseSort(by), ''), {
    initialProps: { by: '-cpu' },
  })
  act(() => result.current.hold())
  rerender({ by: 'cpu' })
  expect(result.current.rows.map(guest => guest.vmid)).toEqual([1, 2])
})
