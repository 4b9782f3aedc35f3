import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Guest } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'
import { openConsole } from '@/lib/paths'

type RowKeysOptions = {
  guests: Guest[]
  slug: string
  scroller: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
}

/** True where typing is meant for a field, a menu or a dialog. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.closest(
      'input, textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="alertdialog"]',
    ) !== null
  )
}

/** j and k or the arrows move through the rows, Enter opens the console. Returns the row one is on. */
export function useRowKeys({ guests, slug, scroller, scrollTo }: RowKeysOptions) {
  const [current, setCurrent] = useState(0)
  const index = Math.min(current, Math.max(0, guests.length - 1))
  const latest = useRef({ guests, index, scrollTo })
  useEffect(() => {
    latest.current = { guests, index, scrollTo }
  })
  useEffect(() => {
    const focusRow = (row: number) =>
      requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[data-index="${row}"]`)?.focus())
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const { guests, index, scrollTo } = latest.current
      const inRow = event.target instanceof HTMLElement && event.target.matches('tr[data-index]')
      const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
      if (step && guests.length > 0) {
        event.preventDefault()
        // The first key goes to the row that is marked, the next ones move on.
        const next = inRow ? Math.min(guests.length - 1, Math.max(0, index + step)) : index
        setCurrent(next)
        scrollTo(next)
        focusRow(next)
      } else if (event.key === 'Enter' && inRow) {
        const guest = guests[index]
        if (guest && (guest.may.console || guest.may.watch)) openConsole(slug, refOf(guest), !guest.may.console)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [scroller, slug])
  return [index, setCurrent] as const
}
