import { useEffect, useState } from 'react'
import type { ConsoleSession } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { nextSample, type TrafficSample } from '@/lib/traffic-rate'

const LOOK_EVERY_MS = 5000

/** What changes of an open console between two answers of Nexus: its rates, and how long nothing was typed. */
export function useLive(session: ConsoleSession): { rate: TrafficSample['rate']; idle: number | null } {
  const open = session.state === 'open'
  const now = useNow(LOOK_EVERY_MS)
  const [seen, setSeen] = useState({ session, at: now })
  if (seen.session !== session) setSeen({ session, at: now })
  const [sample, setSample] = useState<TrafficSample | null>(null)
  const { bytes_down: down, bytes_up: up, idle_seconds: idle } = session
  // biome-ignore lint/correctness/useExhaustiveDependencies: unchanged counts mean something after a while
  useEffect(() => {
    if (open) setSample(last => nextSample(last, { down, up }, Date.now()))
  }, [open, down, up, now])
  return {
    rate: open ? (sample?.rate ?? null) : null,
    idle: open && idle != null ? idle + Math.max(0, (now - seen.at) / 1000) : null,
  }
}
