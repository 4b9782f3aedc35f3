import { describe, expect, it } from 'vitest'
import { InputWatch } from '@/features/console/input-watch'
import { endingOf } from '@/features/console/limits'

const at = (now: number, inputAt = 0) => ({ openedAt: 0, inputAt: inputAt * 1000, now: now * 1000 })

describe('the end of a console', () => {
  it('is spoken of one minute before', () => {
    const limits = { idle_seconds: 600, max_seconds: null }
    expect(endingOf(limits, false, at(539))).toBeNull()
    expect(endingOf(limits, false, at(540))).toEqual({ cause: 'idle', seconds: 60 })
    expect(endingOf(limits, false, at(700))).toEqual({ cause: 'idle', seconds: 0 })
  })

  it('is no matter while somebody types, without a limit, or for idleness of those who only watch', () => {
    expect(endingOf({ idle_seconds: 600 }, false, at(590, 550))).toBeNull()
    expect(endingOf({}, false, at(1e6))).toBeNull()
    expect(endingOf({ idle_seconds: 600 }, true, at(590))).toBeNull()
    expect(endingOf({ idle_seconds: 600, max_seconds: 700 }, true, at(690))).toEqual({ cause: 'max', seconds: 10 })
  })

  it('is the one that comes first', () => {
    const limits = { idle_seconds: 60, max_seconds: 3600 }
    expect(endingOf(limits, false, at(3570, 3530))?.cause).toBe('idle')
    expect(endingOf(limits, false, at(3595, 3550))?.cause).toBe('max')
  })

  it('is not spoken of at once where the limit is short', () => {
    expect(endingOf({ idle_seconds: 60 }, false, at(29))).toBeNull()
    expect(endingOf({ idle_seconds: 60 }, false, at(30))).toEqual({ cause: 'idle', seconds: 30 })
  })
})

describe('input', () => {
  it('is what comes from hands', () => {
    const watch = new InputWatch(0)
    watch.sent(new Uint8Array([3, 1, 0, 0, 0, 0, 4, 0, 3, 0]), 5)
    expect(watch.at).toBe(0)
    for (const [kind, now] of [
      [4, 10],
      [5, 20],
      [6, 30],
      [255, 40],
    ] as const) {
      watch.sent(new Uint8Array([kind, 0, 0, 0, 0, 0]), now)
      expect(watch.at).toBe(now)
    }
  })

  it('can be given without doing anything: the pointer where it is, and no button', () => {
    const watch = new InputWatch(0)
    const shared = new Uint8Array([5, 1, 1, 0, 0, 9])
    expect([...watch.nudge(800, 600)]).toEqual([5, 0, 1, 144, 1, 44])
    watch.sent(shared, 1)
    shared.fill(7)
    expect([...watch.nudge(800, 600)]).toEqual([5, 0, 1, 0, 0, 9])
    watch.sent(new Uint8Array([5, 129, 0, 4, 0, 4, 1]), 2)
    expect([...watch.nudge(800, 600)]).toEqual([5, 0, 1, 0, 0, 9])
  })
})
