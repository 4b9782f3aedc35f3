/** How fast bytes go through a console, from the counts that come every few seconds. */
export type TrafficSample = {
  /** The counts, and when they were looked at in milliseconds. */
  down: number
  up: number
  at: number
  /** Bytes per second; null until there are two counts. */
  rate: { down: number; up: number } | null
}

/** Counts that come faster say nothing: one comes by an event, the next by a request in the same moment. */
const SHORTEST_MS = 2000
/** Unchanged counts are news that has not come yet, until it should have. */
const NEWS_MS = 20_000

/** The sample after these counts; the same object where they say nothing new. */
export function nextSample(
  last: TrafficSample | null,
  { down, up }: { down: number; up: number },
  now: number,
): TrafficSample {
  // Smaller than before: these are other counts.
  if (!last || down < last.down || up < last.up) return { down, up, at: now, rate: null }
  const elapsed = now - last.at
  const same = down === last.down && up === last.up
  if (elapsed < (same ? NEWS_MS : SHORTEST_MS)) return last
  const perSecond = (bytes: number) => (bytes * 1000) / elapsed
  return { down, up, at: now, rate: { down: perSecond(down - last.down), up: perSecond(up - last.up) } }
}
