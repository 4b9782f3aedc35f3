import type { Assignment, GuestRight } from '@/lib/api/types'

/** What can be given, from least to most. */
export const RIGHTS: readonly GuestRight[] = ['view', 'watch', 'console', 'power', 'snapshot']

/** The rights that come along: whoever may do anything with a guest sees it, and whoever controls a console may watch it. */
export function withImplied(rights: readonly GuestRight[]): GuestRight[] {
  const all = new Set(rights)
  if (all.has('console')) all.add('watch')
  if (all.size > 0) all.add('view')
  return RIGHTS.filter(right => all.has(right))
}

/** Whether a right is there only because another brings it along. */
export function isImplied(right: GuestRight, rights: readonly GuestRight[]): boolean {
  return withImplied(rights.filter(other => other !== right)).includes(right)
}

/** The rights that say everything about a set of them: those that come along are left out. */
export function shownRights(rights: readonly GuestRight[]): GuestRight[] {
  return withImplied(rights).filter(right => !isImplied(right, rights))
}

/** The last day on which rights hold, as a date field has it, in the person's own calendar. */
export function lastDay(until: string | null | undefined): string {
  if (!until) return ''
  const last = new Date(Date.parse(until) - 1)
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${last.getFullYear()}-${pad(last.getMonth() + 1)}-${pad(last.getDate())}`
}

/** The end of that day; nothing for rights without an end. */
export function untilOf(day: string): string | null {
  const [year, month, date] = day.split('-').map(Number)
  if (!year || !month || !date) return null
  return new Date(year, month - 1, date + 1).toISOString()
}

/** Search and filter of the table, over what was loaded. */
export type StateFilter = 'all' | 'asleep' | 'expired'

export function inState(assignment: Assignment, state: StateFilter): boolean {
  return state === 'all' || (state === 'asleep' ? assignment.asleep : assignment.expired)
}
