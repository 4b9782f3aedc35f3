import { describe, expect, it } from 'vitest'
import { countMoves, formatSort, holdOrder, nextSort, parseSort, sortGuests } from '@/features/guests/sort'
import type { Guest } from '@/lib/api/types'
import { makeGuest } from '@/lib/fixtures'
import { guestKey } from '@/lib/guest-key'

const a = makeGuest({ vmid: 1, name: 'web-2', cpu: 0.5 })
const b = makeGuest({ vmid: 2, name: 'web-10', cpu: 0.9 })
const c = makeGuest({ vmid: 3, name: 'db', cpu: null, status: 'stopped' })
const ids = (guests: Guest[]) => guests.map(guest => guest.vmid)

describe('sorting', () => {
  it('orders names as people count', () => {
    expect(ids(sortGuests([b, a, c], parseSort('name')))).toEqual([3, 1, 2])
    expect(ids(sortGuests([b, a, c], parseSort('-name')))).toEqual([2, 1, 3])
  })

  it('puts what is not known at the small end', () => {
    expect(ids(sortGuests([c, a, b], parseSort('-cpu')))).toEqual([2, 1, 3])
  })

  it('keeps equals in one order', () => {
    const twins = [makeGuest({ vmid: 9, name: 'x' }), makeGuest({ vmid: 8, name: 'x' })]
    expect(ids(sortGuests(twins, parseSort('status')))).toEqual([8, 9])
    expect(ids(sortGuests([...twins].reverse(), parseSort('-status')))).toEqual([8, 9])
  })

  it('is kept in the address', () => {
    expect(formatSort(parseSort('-memory'))).toBe('-memory')
    expect(parseSort('nonsense')).toEqual({ column: 'name', descending: false })
    expect(parseSort(undefined)).toEqual({ column: 'name', descending: false })
  })

  it('shows the greatest numbers first', () => {
    expect(nextSort(parseSort('name'), 'cpu')).toEqual({ column: 'cpu', descending: true })
    expect(nextSort(parseSort('-cpu'), 'cpu')).toEqual({ column: 'cpu', descending: false })
  })
})

describe('an order that is held', () => {
  const before = sortGuests([a, b, c], parseSort('-cpu'))
  const keys = before.map(guestKey)

  it('stays while values change, and counts what would move', () => {
    const calm = { ...b, cpu: 0.01 }
    const sorted = sortGuests([a, calm, c], parseSort('-cpu'))
    const shown = holdOrder(sorted, keys)
    expect(ids(shown)).toEqual([2, 1, 3])
    expect(ids(sorted)).toEqual([1, 2, 3])
    expect(countMoves(shown, sorted)).toBe(1)
    expect(countMoves(sorted, sorted)).toBe(0)
  })

  it('lets new guests come at the end and lost ones go', () => {
    const fresh = makeGuest({ vmid: 4, cpu: 1 })
    expect(ids(holdOrder(sortGuests([a, c, fresh], parseSort('-cpu')), keys))).toEqual([1, 3, 4])
  })
})
