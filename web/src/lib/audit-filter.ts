import { z } from 'zod'
import type { AuditOutcome } from '@/lib/api/types'

/** What the audit log shows; it lives in the address, so that it can be handed on. */
export const AUDIT_RANGES = ['hour', 'day', 'week', 'month', 'all', 'custom'] as const
export type AuditRange = (typeof AUDIT_RANGES)[number]
export const AUDIT_OUTCOMES = ['ok', 'refused', 'failed', 'intent'] as const satisfies readonly AuditOutcome[]

const text = z.coerce.string().optional().catch(undefined)

export const auditFilter = z.object({
  range: z.enum(AUDIT_RANGES).optional().catch(undefined),
  /** Days, first and last, of a range of one's own: `2026-03-01`. */
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  actor: text,
  action: text,
  outcome: z.enum(AUDIT_OUTCOMES).optional().catch(undefined),
  q: text,
})
export type AuditFilter = z.infer<typeof auditFilter>

export const DEFAULT_RANGE: AuditRange = 'week'

const HOURS: Partial<Record<AuditRange, number>> = { hour: 1, day: 24, week: 24 * 7, month: 24 * 30 }

type AuditParameters = {
  from?: string
  to?: string
  actor?: string
  action?: string
  outcome?: AuditOutcome
  q?: string
}

/** The filter as the API takes it. Days are those of the person's own calendar, the last one included. */
export function auditParameters(filter: AuditFilter, now: number): AuditParameters {
  const { range = DEFAULT_RANGE, from, to, actor, action, outcome, q } = filter
  const hours = HOURS[range]
  const custom = range === 'custom'
  return {
    ...(hours && { from: new Date(now - hours * 3_600_000).toISOString() }),
    ...(custom && from && { from: startOfDay(from, 0) }),
    ...(custom && to && { to: startOfDay(to, 1) }),
    ...(actor && { actor }),
    ...(action && { action }),
    ...(outcome && { outcome }),
    ...(q && { q }),
  }
}

function startOfDay(day: string, later: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + later).toISOString()
}

/** The filter without what is as it is anyway, for a short address. */
export function trimFilter(filter: AuditFilter): AuditFilter {
  const kept = Object.entries(filter).filter(([key, value]) => value && !(key === 'range' && value === DEFAULT_RANGE))
  return Object.fromEntries(kept)
}

export function hasAuditFilter({ actor, action, outcome, q }: AuditFilter): boolean {
  return Boolean(actor || action || outcome || q)
}
