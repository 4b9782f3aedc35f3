import { useEffect, useState } from 'react'
import { type Ending, endingOf } from '@/features/console/limits'
import type { Screen } from '@/features/console/screen'
import type { Console } from '@/lib/api/types'

const LOOK_EVERY_MS = 500

/** What ends the open console within a minute, told anew with every second. */
export function useEnding(screen: Screen | null, console: Console | null): Ending | null {
  const [ending, setEnding] = useState<Ending | null>(null)
  useEffect(() => {
    if (!screen || !console || (console.idle_seconds == null && console.max_seconds == null)) return
    const look = () => {
      const { openedAt, inputAt } = screen
      const next = endingOf(console, console.view_only, { openedAt, inputAt, now: Date.now() })
      setEnding(old => (old?.cause === next?.cause && old?.seconds === next?.seconds ? old : next))
    }
    const timer = setInterval(look, LOOK_EVERY_MS)
    return () => {
      clearInterval(timer)
      setEnding(null)
    }
  }, [screen, console])
  return ending
}
