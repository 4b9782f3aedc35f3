import { useMemo, useState } from 'react'
import { countMoves, formatSort, holdOrder, type Sort, sortGuests } from '@/features/guests/sort'
import type { Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

type Held = { view: string; keys: string[] }

/**
 * Sorted rows whose order stands still while `hold` has been called (the pointer or the focus is in the table):
 * values change in place, and `moves` says how many rows would go elsewhere.
 */
export function useHeldOrder(rows: Guest[], sort: Sort, filter: string) {
  const sorted = useMemo(() => sortGuests(rows, sort), [rows, sort])
  const view = `${formatSort(sort)} ${filter}`
  const [held, setHeld] = useState<Held | null>(null)
  const holding = held?.view === view
  const shown = useMemo(() => (held && holding ? holdOrder(sorted, held.keys) : sorted), [sorted, held, holding])
  const moves = useMemo(() => (holding ? countMoves(shown, sorted) : 0), [shown, sorted, holding])
  const take = () => setHeld({ view, keys: sorted.map(guestKey) })
  return {
    rows: shown,
    moves,
    hold: () => {
      if (!holding) take()
    },
    release: () => setHeld(null),
    resort: take,
  }
}
