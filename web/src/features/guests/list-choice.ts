import { useState } from 'react'
import { type Columns, readColumns } from '@/features/guests/columns'
import type { ViewLayout } from '@/lib/api/types'

/** How a person looks at the list: table or cards, and which columns. Their own, also where several use one browser. */
export type ListChoice = { layout: ViewLayout; columns: Columns }

const place = (person: string) => `nexus-guests-${person}`

function read(person: string): ListChoice {
  let stored: unknown = null
  try {
    stored = JSON.parse(localStorage.getItem(place(person)) ?? 'null')
  } catch {
    // Not ours: the default will do.
  }
  const { layout, columns } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<string, unknown>
  return { layout: layout === 'cards' ? 'cards' : 'table', columns: readColumns(columns) }
}

export function useListChoice(person: string) {
  const [choice, setChoice] = useState(() => read(person))
  const choose = (change: Partial<ListChoice> | ((old: ListChoice) => ListChoice)) =>
    setChoice(old => {
      const next = typeof change === 'function' ? change(old) : { ...old, ...change }
      localStorage.setItem(place(person), JSON.stringify(next))
      return next
    })
  return [choice, choose] as const
}

const DEFAULT_VIEW = 'nexus-guests-view'

/** The saved view with which the list opens in this browser. */
export function defaultView(person: string, tenant: string): string | null {
  return localStorage.getItem(`${DEFAULT_VIEW}-${person}-${tenant}`)
}

export function setDefaultView(person: string, tenant: string, view: string | null): void {
  const key = `${DEFAULT_VIEW}-${person}-${tenant}`
  if (view === null) localStorage.removeItem(key)
  else localStorage.setItem(key, view)
}
