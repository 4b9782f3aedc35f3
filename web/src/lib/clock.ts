import { useEffect, useState } from 'react'

/** How far the server's clock is ahead of this computer's, in milliseconds; ages are counted on the server's. */
let ahead = 0

/** Learns from a `Date` header. It has whole seconds, so less than two seconds' difference is no difference. */
export function learnServerTime(header: string | null): void {
  const time = header ? Date.parse(header) : Number.NaN
  if (Number.isNaN(time)) return
  const difference = time + 500 - Date.now()
  ahead = Math.abs(difference) < 2000 ? 0 : difference
}

function serverNow(): number {
  return Date.now() + ahead
}

/** The server's time, told anew every `every` milliseconds. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(serverNow)
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}
