import { describe, expect, it } from 'vitest'
import { byDay } from '@/features/notifications/days'
import { makeNotification } from '@/lib/fixtures'

const now = new Date(2026, 2, 20, 9, 30)
const at = (...parts: [number, number, number, number]) =>
  makeNotification({ id: parts.join(), at: new Date(...parts).toISOString() })
const days = (language: string, ...times: [number, number, number, number][]) =>
  byDay(
    times.map(time => at(...time)),
    now.getTime(),
    language,
  ).map(({ label, notifications }) => [label, notifications.length])

describe('the days of notifications', () => {
  it('are those of the own calendar, by their names', () => {
    expect(days('en', [2026, 2, 20, 9], [2026, 2, 20, 0], [2026, 2, 19, 23], [2026, 2, 18, 12])).toEqual([
      ['Today', 2],
      ['Yesterday', 1],
      ['Wednesday, March 18', 1],
    ])
    expect(days('de', [2026, 2, 20, 9], [2026, 2, 19, 23], [2026, 2, 18, 12])).toEqual([
      ['Heute', 1],
      ['Gestern', 1],
      ['Mittwoch, 18. März', 1],
    ])
  })

  it('name the year where it is another', () => {
    expect(days('en', [2025, 11, 31, 12])).toEqual([['Wednesday, December 31, 2025', 1]])
  })
})
