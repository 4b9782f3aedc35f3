import { z } from 'zod'
import type { ConsoleSession, ConsoleState, GuestRef } from '@/lib/api/types'
import { causeOfEnd, END_REASONS, type EndReason } from '@/lib/console-reasons'
import { keyOf } from '@/lib/guest-key'

/** What a list of console sessions is narrowed to, as it stands in the address; the open ones unless all. */
export const consoleFilter = z.object({
  all: z.boolean().optional().catch(undefined),
  user: z.uuid().optional().catch(undefined),
  tenant: z.uuid().optional().catch(undefined),
  cause: z.enum(END_REASONS).optional().catch(undefined),
})
export type ConsoleFilter = z.infer<typeof consoleFilter>

/** Without what says nothing, so that the address stays short. */
export function trimConsoleFilter({ all, user, tenant, cause }: ConsoleFilter): ConsoleFilter {
  return { ...(all && { all }), ...(user && { user }), ...(tenant && { tenant }), ...(cause && { cause }) }
}

/** The same as Nexus is asked for it. */
export type ConsoleAsk = {
  state?: ConsoleState | undefined
  user?: string | undefined
  tenant?: string | undefined
  end_reason?: EndReason | undefined
  guest?: GuestRef | undefined
}

export function askOf({ all, user, tenant, cause }: ConsoleFilter, guest?: GuestRef): ConsoleAsk {
  return {
    ...(!all && { state: 'open' as const }),
    ...(user && { user }),
    ...(tenant && { tenant }),
    ...(all && cause && { end_reason: cause }),
    ...(guest && { guest }),
  }
}

/** Whether a session is one of those that were asked for. */
export function fitsAsk({ state, user, tenant, end_reason, guest }: ConsoleAsk, session: ConsoleSession): boolean {
  if (state && session.state !== state) return false
  if (user && session.user?.id !== user) return false
  if (tenant && session.tenant.id !== tenant) return false
  if (end_reason && !(session.end_reason && causeOfEnd(session.end_reason) === end_reason)) return false
  return !guest || keyOf(guest) === keyOf(session.guest)
}
