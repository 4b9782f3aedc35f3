import { useVirtualizer } from '@tanstack/react-virtual'
import { Play } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { PowerMenu } from '@/components/power/power-menu'
import { usePowerAction } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import { CpuCell, MemoryCell, PlaceCell, TagsCell, TypeCell } from '@/features/guests/guest-cells'
import { RowMenu } from '@/features/guests/row-menu'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDuration } from '@/lib/format'
import { guestKey } from '@/lib/guest-key'

type CardsProps = {
  tenant: string
  slug: string
  guests: Guest[]
  busy: ReadonlySet<string>
  /** For people who only have single guests: no words of the infrastructure. */
  plain: boolean
  onAccess: ((guest: Guest) => void) | undefined
}

const CARD_WIDTH = 300

/** Guests as cards, in as many columns as fit; only the rows in sight are drawn. */
export function GuestCards({ tenant, slug, guests, busy, plain, onAccess }: CardsProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const lanes = useLanes(scroller)
  const rows = useVirtualizer({
    count: Math.ceil(guests.length / lanes),
    getScrollElement: () => scroller.current,
    estimateSize: () => (plain ? 160 : 196),
    overscan: 4,
  })
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-auto border-t">
      <ul aria-label={t('guests.title')} className="relative m-6 max-md:m-4" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(row => (
          <li
            key={row.key}
            ref={rows.measureElement}
            data-index={row.index}
            className="absolute inset-x-0 grid gap-4 pb-4"
            style={{ transform: `translateY(${row.start}px)`, gridTemplateColumns: `repeat(${lanes}, minmax(0, 1fr))` }}
          >
            {guests.slice(row.index * lanes, (row.index + 1) * lanes).map(guest => (
              <GuestCard
                key={guestKey(guest)}
                tenant={tenant}
                slug={slug}
                guest={guest}
                busy={busy.has(guestKey(guest))}
                plain={plain}
                onAccess={onAccess}
              />
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}

function useLanes(element: RefObject<HTMLElement | null>): number {
  const [lanes, setLanes] = useState(1)
  useEffect(() => {
    if (!element.current) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setLanes(Math.max(1, Math.min(5, Math.floor((entry.contentRect.width - 32) / CARD_WIDTH))))
    })
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return lanes
}

type CardProps = { tenant: string; slug: string; guest: Guest; busy: boolean } & Pick<CardsProps, 'plain' | 'onAccess'>

function GuestCard({ tenant, slug, guest, busy, plain, onAccess }: CardProps) {
  const { t } = useTranslation()
  const up = guest.status !== 'stopped' && guest.uptime_seconds ? formatDuration(guest.uptime_seconds) : null
  return (
    <article aria-label={guest.name} className="flex min-w-0 flex-col rounded-card border bg-raised p-4">
      <div className="flex items-center gap-3">
        <div
          className={cn(
            'grid shrink-0 place-items-center rounded-card',
            plain ? 'size-12' : 'size-10',
            guest.status === 'running' ? 'bg-success/12' : guest.status === 'paused' ? 'bg-warning/15' : 'bg-hover',
          )}
        >
          <StatusIcon
            status={guest.status}
            busy={busy}
            locked={guest.lock != null}
            className={plain ? 'size-6' : 'size-5'}
          />
        </div>
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold" title={guest.name}>
            {guest.name}
          </h2>
          <div className="truncate text-muted text-table">
            {t(`status.${guest.status}`)}
            {up && <span className="nums"> · {up}</span>}
            {guest.lock && <span> · {t('guest.locked', { lock: guest.lock })}</span>}
          </div>
        </div>
      </div>
      {!plain && <Details guest={guest} />}
      <div className="mt-4 flex gap-2">
        {guest.actions.includes('start') && guest.may.power && <StartButton tenant={tenant} guest={guest} />}
        <ConsoleButton slug={slug} guest={guest} wide primary={guest.status === 'running'} />
        {guest.may.power && <PowerMenu tenant={tenant} guest={guest} />}
        {onAccess && <RowMenu guest={guest} onAccess={onAccess} />}
      </div>
    </article>
  )
}

function Details({ guest }: { guest: Guest }) {
  return (
    <div className="mt-3 flex flex-col gap-1.5 text-table">
      <div className="flex min-w-0 items-center gap-2">
        <TypeCell guest={guest} />
        <span className="nums font-mono text-muted">{guest.vmid}</span>
        <span className="min-w-0 flex-1 truncate text-right">
          <PlaceCell guest={guest} />
        </span>
      </div>
      {guest.status === 'running' && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
          <CpuCell guest={guest} />
          <MemoryCell guest={guest} />
        </div>
      )}
      <TagsCell tags={guest.tags} shown={4} />
    </div>
  )
}

function StartButton({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant, guest)
  return (
    <Button variant="primary" busy={power.busy} onClick={() => power.choose('start')} className="flex-1">
      {!power.busy && <Play className="size-4 fill-current" aria-hidden />}
      {t('action.start')}
      <span className="sr-only">{guest.name}</span>
    </Button>
  )
}
