import { Link } from '@tanstack/react-router'
import { ChevronLeft, Network, Play, Power } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FavouriteStar } from '@/components/favourite-star'
import { ConsoleButton } from '@/components/guest/console-button'
import { StatusIcon } from '@/components/guest/guest-status'
import { PowerMenu } from '@/components/power/power-menu'
import { usePowerAction, usePowerReason } from '@/components/power/use-power-action'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Reason } from '@/components/ui/tooltip'
import type { Action, Guest, ServerBrief, Task, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatDuration } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type HeadProps = {
  tenant: Tenant
  slug: string
  guest: Guest
  server: ServerBrief | undefined
  /** The task that runs on it now. */
  running: Task | undefined
  /** For people who only have single guests: no words of the infrastructure, large buttons. */
  plain: boolean
  /** Whether there is a list to go back to. */
  back: boolean
}

/** Which guest this is, how it is, and what can be done with it. */
export function GuestHead({ tenant, slug, guest, server, running, plain, back }: HeadProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const menu = !guest.template && (guest.may.power || !plain) && <PowerMenu tenant={tenant.id} guest={guest} />
  const up = guest.status !== 'stopped' && guest.uptime_seconds ? formatDuration(guest.uptime_seconds) : null
  return (
    <header className="px-6 pt-3 pb-3 max-md:px-4">
      {back && (
        <Link
          to="/t/$slug/guests"
          params={{ slug }}
          className="-ml-1 mb-1 inline-flex items-center gap-0.5 rounded py-0.5 pr-1 text-muted text-table hover:text-text max-md:min-h-8"
        >
          <ChevronLeft className="size-4" aria-hidden />
          {t('guests.title')}
        </Link>
      )}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 max-sm:items-start max-sm:gap-x-3">
        <div
          className={cn(
            'grid shrink-0 place-items-center rounded-card',
            plain ? 'size-14' : 'size-11',
            guest.status === 'running' ? 'bg-success/12' : guest.status === 'paused' ? 'bg-warning/15' : 'bg-hover',
          )}
        >
          <StatusIcon
            status={guest.status}
            busy={running !== undefined}
            locked={guest.lock != null}
            className={plain ? 'size-7' : 'size-5'}
          />
        </div>
        <div className="min-w-0 flex-1 basis-56 max-md:basis-32">
          <div className="flex min-w-0 items-center gap-1">
            <h1 className="min-w-0 break-words font-semibold text-title [overflow-wrap:anywhere] max-sm:text-[1.0625rem]/6">
              {guest.name}
            </h1>
            <FavouriteStar tenant={tenant.id} guest={guest} />
          </div>
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1 text-table">
            <span role="status" className="nums font-medium">
              {t(`status.${guest.status}`)}
            </span>
            {up && <span className="nums text-muted">{t('guest_page.for', { time: up })}</span>}
            {!plain && <Place guest={guest} server={server} />}
            {guest.template && <Badge>{t('guest_page.template')}</Badge>}
            {guest.lock && (
              <Badge tone="warning">{plain ? t('guest.busy_now') : t('guest.locked', { lock: guest.lock })}</Badge>
            )}
          </div>
        </div>
        {narrow && menu}
        {!guest.template && (
          <div className="flex flex-wrap items-center gap-2 max-md:w-full">
            <PowerButton tenant={tenant} guest={guest} running={running} plain={plain} />
            <span className={large}>
              <ConsoleButton slug={slug} guest={guest} wide primary={guest.status === 'running'} large={plain} />
            </span>
            {!narrow && menu}
          </div>
        )}
      </div>
    </header>
  )
}

/** Buttons share the width of a phone. */
const large = 'inline-flex min-w-32 max-md:flex-1'

function Place({ guest, server }: { guest: Guest; server: ServerBrief | undefined }) {
  const { t } = useTranslation()
  return (
    <>
      <Dot />
      <span className="nums text-muted">
        {t(`guest.type_${guest.type}`)} {guest.vmid}
      </span>
      <Dot />
      <span className="min-w-0 text-muted [overflow-wrap:anywhere]">
        {guest.server.name}
        {guest.node && ` · ${guest.node}`}
      </span>
      {server?.tailscale && (
        <span
          className="inline-flex"
          title={
            server.tailscale_host
              ? t('guest_page.tailscale_of', { host: server.tailscale_host })
              : t('guest_page.tailscale')
          }
        >
          <Badge tone="primary">
            <Network className="size-3" aria-hidden />
            Tailscale
          </Badge>
        </span>
      )}
      {guest.ha_state && (
        <Badge tone={guest.ha_state === 'error' || guest.ha_state === 'fence' ? 'destructive' : 'neutral'}>
          {t('guest_page.ha', { state: guest.ha_state })}
        </Badge>
      )}
    </>
  )
}

function Dot(): ReactNode {
  return (
    <span aria-hidden className="text-muted">
      ·
    </span>
  )
}

/** The switch that fits the state; the others are in the menu beside it. */
function PowerButton({ tenant, guest, running, plain }: Pick<HeadProps, 'tenant' | 'guest' | 'running' | 'plain'>) {
  const { t } = useTranslation()
  const power = usePowerAction(tenant.id, guest)
  const reason = usePowerReason()
  const action: Action | null =
    guest.status === 'running'
      ? 'shutdown'
      : guest.status === 'paused' && guest.type === 'qemu'
        ? 'resume'
        : guest.status === 'unknown'
          ? null
          : 'start'
  if (!action || (plain && !guest.may.power)) return null
  const Icon = action === 'shutdown' ? Power : Play
  // What works on its snapshots or backups leaves the switch alone, unless PVE locks it.
  const waiting = power.busy || running?.action === action
  return (
    <span className={large}>
      <Reason text={waiting ? undefined : reason(guest, action)}>
        <Button
          variant={action === 'shutdown' ? 'secondary' : 'primary'}
          size={plain ? 'lg' : 'md'}
          busy={waiting}
          disabled={reason(guest, action) !== undefined}
          onClick={() => power.choose(action)}
          className="w-full flex-1"
        >
          {!waiting && <Icon className={cn('size-4', action !== 'shutdown' && 'fill-current')} aria-hidden />}
          {t(`action.${action}`)}
          <span className="sr-only">{guest.name}</span>
        </Button>
      </Reason>
    </span>
  )
}
