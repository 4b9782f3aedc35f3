import { renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useOpenWhenRunning } from '@/features/console/use-console'

vi.mock('@novnc/novnc', () => ({ default: class {} }))

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('opens at once when a guest that was seen stopped runs', () => {
  const open = vi.fn()
  const { rerender } = renderHook(({ status }) => useOpenWhenRunning(true, status, open), {
    initialProps: { status: 'stopped' },
  })
  rerender({ status: 'running' })
  vi.advanceTimersByTime(0)
  expect(open).toHaveBeenCalledOnce()
})

it('doubts a list that still says running right after the stop, but not for ever', () => {
  const open = vi.fn()
  renderHook(() => useOpenWhenRunning(true, 'running', open))
  vi.advanceTimersByTime(3000)
  expect(open).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1000)
  expect(open).toHaveBeenCalledOnce()
})

it('leaves a console alone that is not stopped', () => {
  const open = vi.fn()
  renderHook(() => useOpenWhenRunning(false, 'running', open))
  vi.advanceTimersByTime(60_000)
  expect(open).not.toHaveBeenCalled()
})
