import { useVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { GuestCard } from '@/features/guests/guest-card'
import type { Way } from '@/features/guests/guest-cells'
import type { RowActions } from '@/features/guests/guest-row'
import { PlainCard } from '@/features/guests/plain-card'
import type { Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

type CardsProps = {
  tenant: string
  slug: string
  guests: Guest[]
  busy: ReadonlySet<string>
  favourites: ReadonlySet<string>
  selected: ReadonlySet<string>
  ways: ReadonlyMap<string, Way>
  /** For people who only have single guests: no words of the infrastructure. */
  plain: boolean
  actions: Omit<RowActions, 'current'>
}

const CARD_WIDTH = { plain: 340, full: 300 }

/** Guests as cards, in as many columns as fit; only the rows in sight are drawn. */
export function GuestCards(props: CardsProps) {
  const { tenant, slug, guests, busy, favourites, selected, ways, plain, actions } = props
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const lanes = useLanes(scroller, plain ? CARD_WIDTH.plain : CARD_WIDTH.full)
  const rows = useVirtualizer({
    count: Math.ceil(guests.length / lanes),
    getScrollElement: () => scroller.current,
    estimateSize: () => (plain ? 156 : 204),
    overscan: 4,
  })
  return (
    <div
      ref={scroller}
      data-scroll-restoration-id="guest-cards"
      className="relative min-h-0 flex-1 overflow-auto border-t"
    >
      <ul aria-label={t('guests.title')} className="relative m-6 max-md:m-4" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(row => (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className="absolute inset-x-0 grid gap-4 pb-4"
            style={{ transform: `translateY(${row.start}px)`, gridTemplateColumns: `repeat(${lanes}, minmax(0, 1fr))` }}
          >
            {guests.slice(row.index * lanes, (row.index + 1) * lanes).map(guest => {
              const key = guestKey(guest)
              const card = { tenant, slug, guest, busy: busy.has(key), favourite: favourites.has(key), actions }
              return plain ? (
                <PlainCard key={key} {...card} />
              ) : (
                <GuestCard key={key} {...card} selected={selected.has(key)} way={ways.get(guest.server.id) ?? null} />
              )
            })}
          </li>
        ))}
      </ul>
    </div>
  )
}

function useLanes(element: RefObject<HTMLElement | null>, width: number): number {
  const [lanes, setLanes] = useState(1)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setLanes(Math.max(1, Math.min(6, Math.floor((entry.contentRect.width - 32) / width))))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element, width])
  return lanes
}
