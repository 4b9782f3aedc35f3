import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchWake } from '@/lib/wake'

const MINUTE = 60_000
let seen: DocumentVisibilityState = 'visible'
let stop: AbortController
const onWake = vi.fn()

/** Another tab comes before the page, or it comes back. */
function show(state: DocumentVisibilityState) {
  seen = state
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Time goes by while nothing runs. */
function sleep(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds)
}

beforeEach(() => {
  vi.useFakeTimers()
  seen = 'visible'
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => seen)
  onWake.mockClear()
  stop = new AbortController()
  watchWake(onWake, stop.signal)
})
afterEach(() => {
  stop.abort()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

it('is quiet while time goes on as it should', async () => {
  await vi.advanceTimersByTimeAsync(10 * MINUTE)
  expect(onWake).not.toHaveBeenCalled()
})

it('notices that the computer slept for an hour', async () => {
  sleep(60 * MINUTE)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onWake.mock.calls).toEqual([[{ away: true }]])
  await vi.advanceTimersByTimeAsync(MINUTE)
  expect(onWake).toHaveBeenCalledTimes(1)
})

it('notices a clock that was set back', async () => {
  sleep(-5 * MINUTE)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onWake.mock.calls).toEqual([[{ away: true }]])
})

it('looks after the line each time the page is seen again, and says whether it was away for long', async () => {
  show('hidden')
  await vi.advanceTimersByTimeAsync(10_000)
  show('visible')
  expect(onWake.mock.calls).toEqual([[{ away: false }]])
  show('hidden')
  await vi.advanceTimersByTimeAsync(2 * MINUTE)
  show('visible')
  expect(onWake.mock.calls[1]).toEqual([{ away: true }])
})

it('does not take the slow timers of a hidden page for sleep', async () => {
  show('hidden')
  sleep(MINUTE)
  await vi.advanceTimersByTimeAsync(5_000)
  sleep(MINUTE)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onWake).not.toHaveBeenCalled()
})

it('says once that the computer slept while the page was hidden', async () => {
  show('hidden')
  sleep(60 * MINUTE)
  show('visible')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(onWake.mock.calls).toEqual([[{ away: true }]])
})

it('goes on when the network is back, and is silent once stopped', () => {
  globalThis.dispatchEvent(new Event('online'))
  expect(onWake.mock.calls).toEqual([[{ away: false }]])
  stop.abort()
  globalThis.dispatchEvent(new Event('online'))
  expect(onWake).toHaveBeenCalledTimes(1)
})
