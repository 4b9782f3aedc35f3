/** How long before its end a console says so, in seconds. */
const WARN_SECONDS = 60

export type Limits = { idle_seconds?: number | null; max_seconds?: number | null }
export type Ending = { cause: 'idle' | 'max'; seconds: number }

/** A limit of a minute or less is half over before it is spoken of. */
const warnsAt = (limit: number) => Math.min(WARN_SECONDS, limit / 2)

/**
 * What ends this console soon, or null. Times in milliseconds: when it was opened, when hands were last felt, and now.
 * Who only watches has no hands to be felt. Where both are near, the one that comes first counts.
 */
export function endingOf(
  { idle_seconds: idle, max_seconds: max }: Limits,
  viewOnly: boolean,
  { openedAt, inputAt, now }: { openedAt: number; inputAt: number; now: number },
): Ending | null {
  const left = (limit: number, from: number) => Math.max(0, Math.ceil(limit - (now - from) / 1000))
  const near: Ending[] = []
  if (max != null && left(max, openedAt) <= warnsAt(max)) near.push({ cause: 'max', seconds: left(max, openedAt) })
  if (idle != null && !viewOnly && left(idle, inputAt) <= warnsAt(idle))
    near.push({ cause: 'idle', seconds: left(idle, inputAt) })
  return near.sort((a, b) => a.seconds - b.seconds)[0] ?? null
}
