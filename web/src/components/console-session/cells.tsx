import type { TFunction } from 'i18next'
import { Eye, Monitor, Server } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { useLive } from '@/components/console-session/use-live'
import { GuestLink } from '@/components/guest-link'
import { Badge } from '@/components/ui/badge'
import type { ConsoleSession } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { causeOfEnd, type EndReason } from '@/lib/console-reasons'
import {
  formatBytes,
  formatClock,
  formatDuration,
  formatMilliseconds,
  formatRate,
  formatRelative,
  formatTime,
} from '@/lib/format'

/** What a table row, a card and the panel show of a console session. */

type CellProps = { session: ConsoleSession }

export function PersonName({ session }: CellProps) {
  const { t } = useTranslation()
  const { user } = session
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <Avatar person={user ?? { id: session.user_name, full_name: session.user_name }} size={24} />
      <span className="min-w-0 truncate" title={user?.email ?? t('consoles.deleted_account')}>
        {user?.full_name ?? session.user_name}
      </span>
    </span>
  )
}

/** Only in its own tenant does the name lead to the guest. */
export function GuestName({ session, linked }: CellProps & { linked: boolean }) {
  const name = <span className="block truncate font-medium">{session.guest_name}</span>
  return (
    <span className="block min-w-0">
      {linked ? (
        <GuestLink
          slug={session.tenant.slug}
          guest={session.guest}
          title={session.guest_name}
          className="block truncate py-[3px]"
        >
          {name}
        </GuestLink>
      ) : (
        <span title={session.guest_name}>{name}</span>
      )}
      <span className="nums block truncate text-muted text-xs">
        {session.guest.vmid}
        {session.server_name && ` · ${session.server_name}`}
      </span>
    </span>
  )
}

/** How long it is open, to the second; of a past one when it began and how long it lasted. */
export function Since({ session }: CellProps) {
  const { t, i18n } = useTranslation()
  const open = session.state !== 'ended'
  const now = useNow(open ? 1000 : 30_000)
  const start = Date.parse(session.started_at ?? session.created_at)
  const end = session.ended_at ? Date.parse(session.ended_at) : now
  const seconds = Math.max(0, end - start) / 1000
  if (open) {
    return (
      <span className="nums block whitespace-nowrap" title={formatTime(start, i18n.language)}>
        {formatClock(seconds)}
      </span>
    )
  }
  return (
    <span className="nums block whitespace-nowrap" title={formatTime(start, i18n.language)}>
      {formatRelative(Math.min(start, now), now, i18n.language)}
      <span className="text-muted text-xs lg:block">
        <span className="lg:hidden"> · </span>
        {t('consoles.lasted', { time: formatDuration(seconds) })}
      </span>
    </span>
  )
}

/** Both ways: what went through, and how fast it goes now. */
export function Traffic({ session }: CellProps) {
  const { t, i18n } = useTranslation()
  const { rate } = useLive(session)
  const down = formatBytes(session.bytes_down, i18n.language)
  const up = formatBytes(session.bytes_up, i18n.language)
  return (
    <span
      className="nums block whitespace-nowrap max-lg:flex max-lg:gap-x-2"
      title={t('consoles.traffic_title', { down, up })}
    >
      <span className="block">
        ↓ {down} ↑ {up}
      </span>
      {session.state === 'open' && (
        <span className="block text-muted text-xs">
          {rate
            ? `↓ ${formatRate(rate.down, i18n.language)} ↑ ${formatRate(rate.up, i18n.language)}`
            : t('consoles.rate_coming')}
        </span>
      )}
    </span>
  )
}

/** From the browser to Nexus, and from there to Proxmox VE: on which leg it is slow. */
export function RoundTrip({ session }: CellProps) {
  const { t, i18n } = useTranslation()
  const { browser_rtt_ms: browser, server_rtt_ms: server } = session
  if (session.state !== 'open' || (browser == null && server == null)) return <Nothing />
  const say = (milliseconds: number | null | undefined) =>
    milliseconds == null ? '–' : formatMilliseconds(milliseconds, i18n.language)
  return (
    <span
      className="nums inline-flex items-center gap-x-2.5 whitespace-nowrap"
      title={t('consoles.round_trip_title', { browser: say(browser), server: say(server) })}
    >
      <span className="inline-flex items-center gap-1">
        <Monitor className="size-3.5 text-muted" aria-hidden />
        <span className="sr-only">{t('consoles.leg_browser')}</span>
        {say(browser)}
      </span>
      <span className="inline-flex items-center gap-1">
        <Server className="size-3.5 text-muted" aria-hidden />
        <span className="sr-only">{t('consoles.leg_server')}</span>
        {say(server)}
      </span>
    </span>
  )
}

/** Input younger than the news of it is input now. */
const JUST_NOW_SECONDS = 20

export function LastInput({ session }: CellProps) {
  const { t } = useTranslation()
  const { idle } = useLive(session)
  if (idle === null) return <Nothing />
  return (
    <span className="nums whitespace-nowrap">
      {idle < JUST_NOW_SECONDS ? t('consoles.input_now') : t('consoles.input_ago', { time: formatDuration(idle) })}
    </span>
  )
}

function Nothing() {
  return (
    <span aria-hidden className="text-muted">
      –
    </span>
  )
}

/** How a console ended, in the words of its own page. */
export function endTitle(t: TFunction, cause: EndReason): string {
  return cause === 'unused' ? t('consoles.end_unused') : t(`reason.${cause}.title`)
}

/** Why a console ended: the title of the console's own page, and what was written by who ended it. */
export function useEndText(): (session: ConsoleSession) => { title: string; words: string | null } | null {
  const { t } = useTranslation()
  return ({ end_reason: reason }) => {
    if (!reason) return null
    const cause = causeOfEnd(reason)
    return { title: endTitle(t, cause), words: cause === reason ? null : reason }
  }
}

export function State({ session }: CellProps) {
  const { t } = useTranslation()
  const end = useEndText()(session)
  const words = end?.words ?? end?.title ?? t('consoles.state_ended')
  return (
    <span className="flex min-w-0 items-center gap-2">
      {session.state === 'open' && <Badge tone="success">{t('consoles.state_open')}</Badge>}
      {session.state === 'requested' && <Badge>{t('consoles.state_requested')}</Badge>}
      {session.view_only && (
        <Badge tone="primary">
          <Eye className="size-3" aria-hidden />
          <span className={session.state === 'ended' ? 'sr-only' : undefined}>{t('console.view_only')}</span>
        </Badge>
      )}
      {session.state === 'ended' && (
        <span
          className="line-clamp-2 min-w-0 text-muted leading-4.5"
          title={end?.words ? `${end.title}: ${end.words}` : words}
        >
          {end?.words ? t('consoles.quoted', { words }) : words}
        </span>
      )}
    </span>
  )
}
