import type { GuestScope, VmidRange } from '@/lib/api/types'

/** The limit of a provided server: what may stand in it, and how it is written. */

export const NO_SCOPE: GuestScope = { pools: [], tags: [], vmids: [] }

/** Of each kind. */
export const MOST_ENTRIES = 50

/** PVE's own rule: pools may have two more levels. */
const POOL = /^[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+){0,2}$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_+.-]*$/
const [FIRST, LAST] = [100, 999_999_999]

export const parsePool = (text: string): string | null => (POOL.test(text) && text.length <= 250 ? text : null)

/** PVE keeps tags in small letters. */
export const parseTag = (text: string): string | null => (TAG.test(text) ? text.toLowerCase() : null)

/** "100" or "100-199", also with another dash. */
export function parseRange(text: string): VmidRange | null {
  const found = /^(\d{1,9})(?:[-–…](\d{1,9}))?$/.exec(text)
  if (!found) return null
  const from = Number(found[1])
  const to = Number(found[2] ?? found[1])
  return from >= FIRST && to <= LAST && from <= to ? { from, to } : null
}

export const formatRange = ({ from, to }: VmidRange): string => (from === to ? String(from) : `${from}–${to}`)

export const isEmptyScope = ({ pools, tags, vmids }: GuestScope): boolean =>
  pools.length + tags.length + vmids.length === 0
