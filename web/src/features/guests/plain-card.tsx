import { Play, Power } from 'lucide-react'
import { memo } from 'react'
import { StarButton } from '@/components/favourite-star'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { GuestLink } from '@/components/guest-link'
import { MoreMenu } from '@/components/more-menu'
import { PowerAsk } from '@/components/power/power-ask'
import { PowerItems } from '@/components/power/power-menu'
import { usePowerAction, usePowerReason } from '@/components/power/use-power-action'
import { Button } from '@/components/ui/button'
import { Reason } from '@/components/ui/tooltip'
import type { RowActions } from '@/features/guests/guest-row'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDuration } from '@/lib/format'
import { refOf } from '@/lib/guest-key'
import { useWords } from '@/lib/i18n'

type PlainCardProps = {
  tenant: string
  slug: string
  guest: Guest
  busy: boolean
  favourite: boolean
  actions: Omit<RowActions, 'current'>
}

/** A guest for those who only use it: how it is, and large buttons for what one does with it. */
export const PlainCard = memo(function PlainCard({ tenant, slug, guest, busy, favourite, actions }: PlainCardProps) {
  const { t } = useWords()
  const up = guest.status !== 'stopped' && guest.uptime_seconds ? formatDuration(guest.uptime_seconds) : null
  const running = guest.status === 'running'
  return (
    <article aria-label={guest.name} className="flex min-w-0 flex-col rounded-card border bg-raised p-4">
      <div className="flex items-center gap-3">
        <div
          className={cn(
            'grid size-12 shrink-0 place-items-center rounded-card',
            running ? 'bg-success/12' : guest.status === 'paused' ? 'bg-warning/15' : 'bg-hover',
          )}
        >
          <StatusIcon status={guest.status} busy={busy} locked={guest.lock != null} className="size-6" />
        </div>
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold text-[1rem]/6" title={guest.name}>
            <GuestLink slug={slug} guest={refOf(guest)} className="block w-fit max-w-full truncate py-0.5">
              {guest.name}
            </GuestLink>
          </h2>
          <div className="truncate text-muted">
            {t(`status.${guest.status}`)}
            {up && <span className="nums"> · {up}</span>}
            {guest.lock && <span> · {t('guest.busy_now')}</span>}
          </div>
        </div>
        <StarButton
          label={t('favourite.of', { name: guest.name })}
          on={favourite}
          onToggle={() => actions.favourite(guest, !favourite)}
          className="size-8 self-start"
        />
      </div>
      <div className="mt-4 flex gap-2">
        {guest.may.power && !running && <PowerButton tenant={tenant} guest={guest} action={startOf(guest)} />}
        <ConsoleButton slug={slug} guest={guest} wide large primary={running} />
        {guest.may.power && running && <PowerButton tenant={tenant} guest={guest} action="shutdown" />}
        {guest.may.power && <MorePower tenant={tenant} guest={guest} />}
      </div>
    </article>
  )
})

/** What brings a guest that does not run back to running. */
function startOf(guest: Guest): 'start' | 'resume' {
  return guest.status === 'paused' ? 'resume' : 'start'
}

/** The other switches. */
function MorePower({ tenant, guest }: { tenant: string; guest: Guest }) {
  const { t } = useWords()
  const power = usePowerAction(tenant, guest)
  return (
    <span className="-mr-2 grid place-items-center">
      <MoreMenu label={t('power.menu_of', { name: guest.name })}>
        <PowerItems guest={guest} onChoose={power.choose} />
      </MoreMenu>
      {power.asking && <PowerAsk power={power} />}
    </span>
  )
}

type PowerButtonProps = { tenant: string; guest: Guest; action: 'start' | 'resume' | 'shutdown' }

function PowerButton({ tenant, guest, action }: PowerButtonProps) {
  const { t } = useWords()
  const power = usePowerAction(tenant, guest)
  const reason = usePowerReason()(guest, action)
  const Icon = action === 'shutdown' ? Power : Play
  return (
    <Reason text={reason}>
      <Button
        size="lg"
        variant={action === 'shutdown' ? 'secondary' : 'primary'}
        busy={power.busy}
        disabled={reason !== undefined}
        onClick={() => power.choose(action)}
        className="flex-1"
      >
        {!power.busy && <Icon className={cn('size-4', action !== 'shutdown' && 'fill-current')} aria-hidden />}
        {t(`action.${action}`)}
        <span className="sr-only">{guest.name}</span>
      </Button>
    </Reason>
  )
}
