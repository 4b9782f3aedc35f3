import { type Cause, causeOfClose, causeOfRefusal, retriesByItself } from '@/features/console/reasons'
import type { Console } from '@/lib/api/types'
import { backOff } from '@/lib/back-off'

/**
 * The life of a console page as one union and a pure reducer.
 *
 *   opening ──opened──▶ connecting ──live──▶ live
 *      ▲  └─refused─┐       │                  │
 *      │            ▼       ▼ closed           ▼ closed
 *      ├─retry── reconnecting ◀────────────────┤   causes that pass
 *      ├─guest─▶ stopped ◀─────────────────────┤   guest not running
 *      └─open─── ended ◀───────────────────────┘   everything else
 */
export type Connection =
  | { kind: 'opening'; attempt: number; cause: Cause | null }
  | { kind: 'connecting'; attempt: number; cause: Cause | null; console: Console }
  | { kind: 'live'; attempt: number; console: Console; since: number }
  | { kind: 'stopped' }
  | { kind: 'reconnecting'; attempt: number; cause: Cause; retryAt: number }
  | { kind: 'ended'; cause: Cause; detail: string | null }

export type ConnectionEvent =
  /** A person asks, or the guest runs again. */
  | { type: 'open' }
  /** The wait is over, or a person does not want to wait. */
  | { type: 'retry' }
  | { type: 'opened'; console: Console }
  | { type: 'refused'; status: number; code: string; detail: string; at: number }
  | { type: 'live'; at: number }
  | { type: 'closed'; code: number; reason: string; at: number }
  /** A person closes the console but stays on the page. */
  | { type: 'leave' }

export const initial: Connection = { kind: 'opening', attempt: 0, cause: null }

/** A console that lived this long was well; the next drop starts the waits from the shortest. */
const WELL_AFTER_MS = 10_000

export function reduce(state: Connection, event: ConnectionEvent): Connection {
  switch (event.type) {
    case 'open':
      return state.kind === 'stopped' || state.kind === 'ended' ? initial : state
    case 'retry':
      return state.kind === 'reconnecting' ? { kind: 'opening', attempt: state.attempt, cause: state.cause } : state
    case 'opened':
      if (state.kind !== 'opening') return state
      return { kind: 'connecting', attempt: state.attempt, cause: state.cause, console: event.console }
    case 'refused':
      if (state.kind !== 'opening') return state
      return after(causeOfRefusal(event.status, event.code), state.attempt, event.at, event.detail)
    case 'live':
      if (state.kind !== 'connecting') return state
      return { kind: 'live', attempt: state.attempt, console: state.console, since: event.at }
    case 'closed':
      return closed(state, event)
    case 'leave':
      return { kind: 'ended', cause: 'client_closed', detail: null }
  }
}

function closed(state: Connection, event: Extract<ConnectionEvent, { type: 'closed' }>): Connection {
  if (state.kind !== 'connecting' && state.kind !== 'live') return state
  const well = state.kind === 'live' && event.at - state.since >= WELL_AFTER_MS
  const cause = causeOfClose(event.code)
  // Without words of a person's own, the reason is the cause's name.
  const words = event.reason !== '' && event.reason !== cause ? event.reason : null
  return after(cause, well ? 0 : state.attempt, event.at, words)
}

function after(cause: Cause, attempt: number, at: number, detail: string | null): Connection {
  if (cause === 'guest_stopped') return { kind: 'stopped' }
  if (!retriesByItself(cause)) return { kind: 'ended', cause, detail }
  return { kind: 'reconnecting', cause, attempt: attempt + 1, retryAt: at + backOff(attempt) }
}
