import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Guest } from '@/lib/api/types'
import { guestKey, refOf } from '@/lib/guest-key'
import { openConsole } from '@/lib/paths'
import { useShortcuts } from '@/lib/shortcuts'

type RowKeysOptions = {
  guests: Guest[]
  slug: string
  scroller: RefObject<HTMLElement | null>
  scrollTo: (index: number) => void
  onOpen: (guest: Guest) => void
  onSelect: (key: string) => void
  onExtend: (from: string, to: string) => void
  onAll: () => void
  onFavourite: (guest: Guest) => void
}

const ROW = 'tr[data-index]'

/** j and k or the arrows move through the rows, and the other keys do something with the row one is on. */
export function useRowKeys(options: RowKeysOptions) {
  const { guests, scroller } = options
  const [current, setCurrent] = useState(0)
  const index = Math.min(current, Math.max(0, guests.length - 1))
  const latest = useRef({ ...options, index })
  useEffect(() => {
    latest.current = { ...options, index }
  })
  const inTable = (event: KeyboardEvent) => scroller.current?.contains(event.target as Node) ?? false
  const onRow = (event: KeyboardEvent) => event.target instanceof HTMLElement && event.target.matches(ROW)
  const go = (to: number) => {
    setCurrent(to)
    latest.current.scrollTo(to)
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`tr[data-index="${to}"]`)?.focus())
  }
  const step = (by: number) => (event: KeyboardEvent) => {
    const { guests, index, onExtend } = latest.current
    if (guests.length === 0) return
    event.preventDefault()
    // The first key goes to the row that is marked, the next ones move on.
    const next = inTable(event) ? Math.min(guests.length - 1, Math.max(0, index + by)) : index
    const [from, to] = [guests[index], guests[next]]
    if (event.shiftKey && from && to && from !== to) onExtend(guestKey(from), guestKey(to))
    go(next)
  }
  /** Runs with the row one is on; elsewhere the key means nothing here. */
  const withRow = (run: (guest: Guest) => void, strict: boolean) => (event: KeyboardEvent) => {
    const guest = latest.current.guests[latest.current.index]
    if (!guest || !(strict ? onRow(event) : inTable(event))) return
    event.preventDefault()
    run(guest)
  }
  useShortcuts('help.list', [
    { keys: ['j', 'ArrowDown'], text: 'help.down', run: step(1) },
    { keys: ['k', 'ArrowUp'], text: 'help.up', run: step(-1) },
    { keys: ['Enter'], text: 'help.open_page', run: withRow(guest => latest.current.onOpen(guest), true) },
    {
      keys: ['o'],
      text: 'help.open',
      run: withRow(guest => {
        if (guest.may.console || guest.may.watch) openConsole(latest.current.slug, refOf(guest), !guest.may.console)
      }, false),
    },
    { keys: ['x'], text: 'help.select', run: withRow(guest => latest.current.onSelect(guestKey(guest)), false) },
    { keys: ['Shift+ArrowDown', 'Shift+ArrowUp'], text: 'help.extend' },
    {
      keys: ['mod+a'],
      text: 'help.select_all',
      run: event => {
        if (!inTable(event)) return
        event.preventDefault()
        latest.current.onAll()
      },
    },
    { keys: ['f'], text: 'help.favourite', run: withRow(guest => latest.current.onFavourite(guest), false) },
    { keys: ['Home'], text: 'help.first', run: withRow(() => go(0), true) },
    { keys: ['End'], text: 'help.last', run: withRow(() => go(latest.current.guests.length - 1), true) },
    { keys: ['Alt+←', 'Alt+→'], text: 'help.move_column' },
    { keys: ['Alt+Shift+←', 'Alt+Shift+→'], text: 'help.size_column' },
  ])
  return [index, setCurrent] as const
}
