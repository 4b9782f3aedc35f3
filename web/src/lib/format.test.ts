import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatBytesOf,
  formatClock,
  formatContrast,
  formatCores,
  formatDuration,
  formatPercent,
  formatPointTime,
  formatRelative,
  formatSuccess,
  formatTick,
  initials,
} from '@/lib/format'

const GIB = 1024 ** 3

describe('numbers', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '0.98 KiB'],
    [1536, '1.5 KiB'],
    [3.25 * GIB, '3.25 GiB'],
    [64 * GIB, '64 GiB'],
    [1023 * GIB, '1 TiB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes, 'en')).toBe(text)
  })

  it('shows a part in the unit of the whole', () => {
    expect(formatBytesOf(512 * 1024 ** 2, 8 * GIB, 'en')).toBe('0.5 / 8 GiB')
    expect(formatBytesOf(17.44 * GIB, 64 * GIB, 'de')).toBe('17,4 / 64 GiB')
  })

  it('never says more of a contrast than there is', () => {
    expect(formatContrast(2.96, 'en')).toBe('2.9')
    expect(formatContrast(21, 'de')).toBe('21,0')
  })

  it('shows percent with as many digits as carry something', () => {
    expect(formatPercent(0, 'en')).toBe('0%')
    expect(formatPercent(0.004, 'en')).toBe('0.4%')
    expect(formatPercent(0.2351, 'en')).toBe('24%')
    expect(formatPercent(1.02, 'en')).toBe('102%')
    expect(formatPercent(0.0861, 'de').replace(/\s/g, ' ')).toBe('8,6 %')
  })

  it('shows cores in use of those there are', () => {
    expect(formatCores(0.45, 32, 'en')).toBe('14.4 / 32')
  })
})

describe('times', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [77, '1 min 17 s'],
    [700, '11 min'],
    [3600, '1 h'],
    [3 * 86400 + 4 * 3600 + 59, '3 d 4 h'],
    [86400 + 30, '1 d'],
    [-5, '0 s'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text)
  })

  it('runs a clock', () => {
    expect(formatClock(271)).toBe('04:31')
    expect(formatClock(3871)).toBe('1:04:31')
  })

  it('says how long ago something was', () => {
    const now = Date.parse('2026-05-01T12:00:00Z')
    expect(formatRelative(now, now, 'en')).toBe('now')
    expect(formatRelative(now - 90_000, now, 'en')).toBe('1 min. ago')
    expect(formatRelative(now - 49 * 3_600_000, now, 'en')).toBe('2 days ago')
    expect(formatRelative(now - 7_200_000, now, 'de')).toBe('vor 2 Std.')
  })
})

it('makes initials of any name', () => {
  expect(initials('Jane Doe')).toBe('JD')
  expect(initials('  Anna Maria van Berg ')).toBe('AB')
  expect(initials('root')).toBe('R')
  expect(initials('')).toBe('?')
})

describe('charts', () => {
  it('never round a failure away', () => {
    expect(formatSuccess(100, 'en')).toBe('100%')
    expect(formatSuccess(99.99, 'en')).toBe('99.9%')
    expect(formatSuccess(0, 'de').replace(/\s/, ' ')).toBe('0 %')
  })

  it('name hours as they are here, and days as those of UTC', () => {
    const hour = Date.parse('2026-01-05T14:00:00')
    expect(formatTick(hour, 'hour', 'en')).toBe('14:00')
    expect(formatPointTime(hour, 'hour', 'en')).toBe('Mon 14:00')
    const day = Date.parse('2026-01-05T00:00:00Z')
    expect(formatTick(day, 'day', 'en')).toBe('Jan 5')
    expect(formatPointTime(day, 'day', 'en')).toBe('Mon, Jan 5')
  })
})
