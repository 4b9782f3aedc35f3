/** Why Nexus ends a console, as it says to the page that has it open, and in the list of sessions. */

/** Close codes and names of the server (docs of the HTTP API, "Console WebSocket"). */
export const CLOSE_CODES = {
  1000: 'client_closed',
  1012: 'shutdown',
  4000: 'internal',
  4001: 'guest_stopped',
  4002: 'pve_closed',
  4003: 'pve_unreachable',
  4004: 'pve_refused',
  4005: 'pve_auth_failed',
  4006: 'pve_protocol',
  4007: 'console_gone',
  4008: 'idle',
  4009: 'max_length',
  4010: 'ended_by_admin',
  4011: 'revoked',
  4012: 'rights_changed',
  4013: 'signed_out',
  4014: 'protocol_error',
  4015: 'client_slow',
  4016: 'client_gone',
  4017: 'node_full',
  4018: 'guest_gone',
} as const

export type CloseReason = (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES]

/**
 * How a session can have ended, as the list of them says it: also by the end of the process that held it, and unused when
 * nobody came for what was asked for.
 */
export const END_REASONS = [...Object.values(CLOSE_CODES), 'lost', 'unused'] as const
export type EndReason = (typeof END_REASONS)[number]

/** The cause behind what a session says of its end: a name, or the words of the administrator who ended it. */
export function causeOfEnd(reason: string): EndReason {
  return END_REASONS.find(one => one === reason) ?? 'ended_by_admin'
}
