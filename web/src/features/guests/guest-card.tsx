import { memo } from 'react'
import { StarButton } from '@/components/favourite-star'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { PowerMenu } from '@/components/power/power-menu'
import { CpuCell, IdCell, MemoryCell, PlaceCell, TagsCell, TemplateMark, type Way } from '@/features/guests/guest-cells'
import type { RowActions } from '@/features/guests/guest-row'
import { RowMenu } from '@/features/guests/row-menu'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDuration } from '@/lib/format'
import { guestKey, refOf } from '@/lib/guest-key'
import { useWords } from '@/lib/i18n'

type CardProps = {
  tenant: string
  slug: string
  guest: Guest
  busy: boolean
  favourite: boolean
  selected: boolean
  way: Way
  actions: Omit<RowActions, 'current'>
}

/** A guest as a card, with what the table says in a row. */
export const GuestCard = memo(function GuestCard(props: CardProps) {
  const { tenant, slug, guest, busy, favourite, selected, way, actions } = props
  const { t, language } = useWords()
  const up = guest.status !== 'stopped' && guest.uptime_seconds ? formatDuration(guest.uptime_seconds) : null
  const cell = { guest, t, language }
  return (
    <article
      aria-label={guest.name}
      className={cn(
        'flex min-w-0 flex-col rounded-card border p-4',
        selected ? 'border-primary bg-primary/8' : 'bg-raised',
      )}
    >
      <div className="flex items-center gap-3">
        <div
          className={cn(
            'grid size-10 shrink-0 place-items-center rounded-card',
            guest.status === 'running' ? 'bg-success/12' : guest.status === 'paused' ? 'bg-warning/15' : 'bg-hover',
          )}
        >
          <StatusIcon status={guest.status} busy={busy} locked={guest.lock != null} className="size-5" />
        </div>
        <div className="min-w-0 flex-1">
          <h2 className="flex min-w-0 items-center font-semibold" title={guest.name}>
            <GuestLink slug={slug} guest={refOf(guest)} className="block min-w-0 truncate py-[3px]">
              {guest.name}
            </GuestLink>
            {guest.template && <TemplateMark t={t} />}
          </h2>
          <div className="-mt-[3px] truncate text-muted text-table">
            {t(`status.${guest.status}`)}
            {up && <span className="nums"> · {up}</span>}
            {guest.lock && <span> · {t('guest.locked', { lock: guest.lock })}</span>}
            {guest.ha_state && <span> · {t('guest.ha_state', { state: guest.ha_state })}</span>}
          </div>
        </div>
        <div className="-my-1 -mr-1.5 flex shrink-0 items-center self-start">
          <StarButton
            label={t('favourite.of', { name: guest.name })}
            on={favourite}
            onToggle={() => actions.favourite(guest, !favourite)}
          />
          <label className="grid size-7 cursor-pointer place-items-center max-md:size-10">
            <input
              type="checkbox"
              aria-label={t('selection.of', { name: guest.name })}
              checked={selected}
              onChange={() => undefined}
              onClick={event => actions.select(guestKey(guest), event.shiftKey)}
              className="size-4 cursor-pointer accent-primary-solid"
            />
          </label>
        </div>
      </div>
      <div className="mt-3 flex flex-col gap-1.5 text-table">
        <div className="flex min-w-0 items-center justify-between gap-3">
          <span className="shrink-0">
            <IdCell {...cell} />
          </span>
          <PlaceCell {...cell} way={way} />
        </div>
        <div className="flex h-4.5 flex-wrap items-center justify-between gap-x-4 overflow-hidden">
          {guest.status === 'running' && (
            <>
              <CpuCell {...cell} bar="w-14" />
              <MemoryCell {...cell} bar="w-14" />
            </>
          )}
        </div>
        <div className="h-5">
          <TagsCell tags={guest.tags} shown={4} />
        </div>
      </div>
      <div className="mt-3 flex gap-2">
        <ConsoleButton slug={slug} guest={guest} wide primary={guest.status === 'running'} />
        <PowerMenu tenant={tenant} guest={guest} />
        {actions.access && <RowMenu guest={guest} onAccess={actions.access} />}
      </div>
    </article>
  )
})
