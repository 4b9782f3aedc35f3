/** Notices that the page was away: hidden behind others, or the whole computer asleep. */

const TICK_MS = 5_000
/** A page that was away for longer than this has missed something. */
const AWAY_MS = 60_000
/** Browsers let the timers of hidden pages run once a minute only: that is no sleep. */
const HIDDEN_MS = 150_000

type Wake = {
  /** Whether it was long enough to have missed something. */
  away: boolean
}

/**
 * Calls back when the page is seen again, when the clock has jumped (the computer slept, or somebody set it), and when
 * the network is back.
 */
export function watchWake(onWake: (wake: Wake) => void, signal: AbortSignal): void {
  let ticked = Date.now()
  let hidden = document.visibilityState === 'hidden' ? ticked : null
  const look = (seen: boolean) => {
    const now = Date.now()
    const jump = Math.abs(now - ticked - (seen ? 0 : TICK_MS))
    ticked = now
    if (seen) {
      const away = jump > AWAY_MS + TICK_MS || (hidden !== null && now - hidden > AWAY_MS)
      hidden = null
      onWake({ away })
    } else if (jump > (hidden === null ? AWAY_MS : HIDDEN_MS)) {
      onWake({ away: true })
    }
  }
  const timer = setInterval(() => look(false), TICK_MS)
  signal.addEventListener('abort', () => clearInterval(timer))
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') look(true)
      else hidden = Date.now()
    },
    { signal },
  )
  globalThis.addEventListener('online', () => onWake({ away: false }), { signal })
}
