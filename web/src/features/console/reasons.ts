import { CLOSE_CODES, type CloseReason } from '@/lib/console-reasons'

/**
 * Why a console ended or could not open. The server says it with a WebSocket close code; what happens before the
 * upgrade comes from the answer to the POST. Each has its sentence in the catalogue under `reason.<name>`.
 */

/** Causes that have no close code: the line broke, or the POST was refused. */
export const OPEN_CAUSES = [
  'lost',
  'nexus_unreachable',
  'forbidden',
  'not_found',
  'too_many_consoles',
  'refused',
] as const

export type Cause = CloseReason | (typeof OPEN_CAUSES)[number]

/** The page tries again by itself after these; after the others a person decides. */
const RETRIES: ReadonlySet<Cause> = new Set<Cause>([
  'lost',
  'nexus_unreachable',
  'shutdown',
  'internal',
  'pve_closed',
  'pve_unreachable',
  'pve_auth_failed',
  'console_gone',
  'rights_changed',
  'client_slow',
  'client_gone',
])

export function retriesByItself(cause: Cause): boolean {
  return RETRIES.has(cause)
}

/** Asking again cannot help here. */
const FINAL: ReadonlySet<Cause> = new Set<Cause>(['forbidden', 'not_found', 'revoked', 'guest_gone'])

/** What the one button of the ended state does. */
export function wayOut(cause: Cause): 'sign_in' | 'leave' | 'reconnect' {
  if (cause === 'signed_out') return 'sign_in'
  return FINAL.has(cause) ? 'leave' : 'reconnect'
}

/** 1006 and everything unnamed (a proxy's code, 1001, 1005) is a broken line. */
export function causeOfClose(code: number): Cause {
  return code in CLOSE_CODES ? CLOSE_CODES[code as keyof typeof CLOSE_CODES] : 'lost'
}

/** The cause behind a refused POST; `guest_stopped` is not an end but a state of its own. */
export function causeOfRefusal(status: number, code: string): Cause {
  if (code === 'guest_not_running') return 'guest_stopped'
  if (code === 'pve_unreachable' || code === 'pve_refused' || code === 'too_many_consoles') return code
  if (status === 0 || status === 502 || status === 503 || status === 504) return 'nexus_unreachable'
  if (status === 401) return 'signed_out'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not_found'
  if (status === 429) return 'too_many_consoles'
  return status >= 500 ? 'internal' : 'refused'
}
