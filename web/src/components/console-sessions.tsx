import { useInfiniteQuery } from '@tanstack/react-query'
import i18next from 'i18next'
import { Eye, SquareTerminal } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Avatar } from '@/components/avatar'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { GuestLink } from '@/components/guest-link'
import { bodyRow, card, ListCards, ListSkeleton, ListTable, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { consoleSessionsQuery, useEndConsole } from '@/lib/api/console-session-queries'
import type { ConsoleSession, GuestRef } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatBytes, formatDuration, formatRelative, formatTime } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type SessionsPageProps = {
  /** The tenant's id, or null for the sessions of all tenants. */
  place: string | null
  title: string
  /** Whether past sessions show too; it lives in the address. */
  all: boolean
  onAll: (all: boolean) => void
  /** Whether the person sees only their own. */
  own?: boolean
}

/** Console sessions, live and past, and ending them. */
export function ConsoleSessionsPage({ title, ...sessions }: SessionsPageProps) {
  const { place, all } = sessions
  const { data } = useInfiniteQuery(consoleSessionsQuery(place, all ? undefined : 'open'))
  const count = data?.pages.reduce((sum, page) => sum + page.sessions.length, 0)
  return (
    <Page title={title} count={all ? undefined : count}>
      <ConsoleSessions title={title} {...sessions} />
    </Page>
  )
}

/** The sessions themselves; of one guest where it is named. */
export function ConsoleSessions({ place, guest, title, all, onAll, own }: SessionsPageProps & { guest?: GuestRef }) {
  const { t } = useTranslation()
  const [ending, setEnding] = useState<ConsoleSession | null>(null)
  const narrow = useMediaQuery('(max-width: 1023px)')
  const query = useInfiniteQuery(consoleSessionsQuery(place, all ? undefined : 'open', guest))
  const sessions = query.data?.pages.flatMap(page => page.sessions)
  const List = narrow ? SessionCards : SessionTable
  return (
    <>
      <div className={cn('flex flex-wrap items-center gap-2 px-6 pb-3 max-md:px-4', guest && 'pt-3')}>
        <div role="radiogroup" aria-label={t('consoles.filter')} className="flex rounded-control border p-0.5">
          <Choice chosen={!all} onChoose={() => onAll(false)}>
            {t('consoles.open')}
          </Choice>
          <Choice chosen={all} onChoose={() => onAll(true)}>
            {t('consoles.all')}
          </Choice>
        </div>
        {own && <p className="text-muted text-table">{t('consoles.own')}</p>}
      </div>
      {query.isPending && <ListSkeleton round />}
      {query.isError && !sessions && (
        <LoadFailed
          title={t('consoles.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {sessions?.length === 0 && (
        <FullState
          icon={<SquareTerminal aria-hidden />}
          title={all ? t('consoles.none') : t('consoles.none_open')}
          hint={guest ? t('consoles.none_hint_guest') : t('consoles.none_hint')}
          action={!all && <Button onClick={() => onAll(true)}>{t('consoles.show_past')}</Button>}
          className="border-t"
        />
      )}
      {sessions && sessions.length > 0 && (
        <List
          title={title}
          sessions={sessions}
          tenants={place === null}
          guests={guest === undefined}
          onEnd={setEnding}
          after={<LoadMore query={query} />}
        />
      )}
      {ending && <EndDialog place={place} session={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

function Choice({ chosen, onChoose, children }: { chosen: boolean; onChoose: () => void; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: buttons in a row, of which one is chosen
    <button
      type="button"
      role="radio"
      aria-checked={chosen}
      onClick={onChoose}
      className={cn('h-7 rounded px-3 text-table max-md:h-9', chosen ? 'bg-primary/12 font-medium' : 'hover:bg-hover')}
    >
      {children}
    </button>
  )
}

type ListProps = {
  title: string
  sessions: ConsoleSession[]
  /** Whether the tenant is worth saying. */
  tenants: boolean
  /** Whether the guest is. */
  guests: boolean
  onEnd: (session: ConsoleSession) => void
  after: ReactNode
}

function SessionTable({ title, sessions, tenants, guests, onEnd, after }: ListProps) {
  const { t } = useTranslation()
  return (
    <ListTable
      label={title}
      after={after}
      head={
        <>
          <th scope="col">{t('consoles.column_person')}</th>
          {guests && <th scope="col">{t('consoles.column_guest')}</th>}
          {tenants && <th scope="col">{t('consoles.column_tenant')}</th>}
          <th scope="col">{t('consoles.column_address')}</th>
          <th scope="col">{t('consoles.column_since')}</th>
          <th scope="col">{t('consoles.column_traffic')}</th>
          <th scope="col">{t('consoles.column_state')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {sessions.map(session => (
        <tr key={session.id} className={bodyRow}>
          <td className="max-w-52">
            <PersonName session={session} />
          </td>
          {guests && (
            <td className="max-w-52">
              <GuestName session={session} linked={!tenants} />
            </td>
          )}
          {tenants && (
            <td className="max-w-48">
              <span className="block truncate">{session.tenant.name}</span>
            </td>
          )}
          <td className="max-w-32">
            <span
              className="block truncate font-mono text-muted text-xs"
              title={`${session.address} ${session.user_agent}`}
            >
              {session.address}
            </span>
          </td>
          <td>
            <Since session={session} />
          </td>
          <td>
            <Traffic session={session} />
          </td>
          <td className="max-w-56">
            <State session={session} />
          </td>
          <td className="text-right">
            <EndButton session={session} onEnd={onEnd} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function SessionCards({ title, sessions, tenants, guests, onEnd, after }: ListProps) {
  return (
    <ListCards label={title} after={after}>
      {sessions.map(session => (
        <li key={session.id} className={card}>
          <div className={cn('flex gap-x-3 gap-y-2', guests ? 'items-center' : 'flex-col')}>
            <div className="min-w-0 flex-1">
              {guests ? <GuestName session={session} linked={!tenants} /> : <PersonName session={session} />}
            </div>
            <State session={session} />
          </div>
          {guests && <PersonName session={session} />}
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            {tenants && <span className="truncate">{session.tenant.name}</span>}
            <span className="break-all font-mono text-muted text-xs">{session.address}</span>
            <Since session={session} />
            <Traffic session={session} />
            <span className="ml-auto">
              <EndButton session={session} onEnd={onEnd} />
            </span>
          </div>
        </li>
      ))}
    </ListCards>
  )
}

function PersonName({ session }: { session: ConsoleSession }) {
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
function GuestName({ session, linked }: { session: ConsoleSession; linked: boolean }) {
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

function Since({ session }: { session: ConsoleSession }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  const start = Date.parse(session.started_at ?? session.created_at)
  const end = session.ended_at ? Date.parse(session.ended_at) : now
  return (
    <span className="nums block whitespace-nowrap" title={formatTime(start, i18n.language)}>
      {formatRelative(Math.min(start, now), now, i18n.language)}
      {session.state === 'ended' && (
        <span className="text-muted text-xs lg:block">
          <span className="lg:hidden"> · </span>
          {t('consoles.lasted', { time: formatDuration(Math.max(0, end - start) / 1000) })}
        </span>
      )}
    </span>
  )
}

function Traffic({ session }: { session: ConsoleSession }) {
  const { t, i18n } = useTranslation()
  const down = formatBytes(session.bytes_down, i18n.language)
  const up = formatBytes(session.bytes_up, i18n.language)
  return (
    <span className="nums whitespace-nowrap text-muted" title={t('consoles.traffic_title', { down, up })}>
      ↓ {down} ↑ {up}
    </span>
  )
}

/** Why a console ended: the words of the console's own page, or what the person wrote who ended it. */
function endText(reason: string): string {
  const key = `reason.${reason}.title`
  return i18next.exists(key) ? String(i18next.t(key as never)) : reason
}

function State({ session }: { session: ConsoleSession }) {
  const { t } = useTranslation()
  const reason = session.end_reason ? endText(session.end_reason) : null
  return (
    <span className="flex min-w-0 items-center gap-2">
      {session.state === 'open' && <Badge tone="success">{t('consoles.state_open')}</Badge>}
      {session.state === 'requested' && <Badge>{t('consoles.state_requested')}</Badge>}
      {session.view_only && (
        <Badge tone="primary">
          <Eye className="size-3" aria-hidden />
          {t('console.view_only')}
        </Badge>
      )}
      {session.state === 'ended' && (
        <span className="min-w-0 truncate text-muted" title={reason ?? undefined}>
          {reason ?? t('consoles.state_ended')}
        </span>
      )}
    </span>
  )
}

function EndButton({ session, onEnd }: { session: ConsoleSession; onEnd: (session: ConsoleSession) => void }) {
  const { t } = useTranslation()
  if (session.state === 'ended' || !session.may.end) return null
  return (
    <Button size="sm" onClick={() => onEnd(session)}>
      {t('consoles.end')}
      <span className="sr-only">{session.guest_name}</span>
    </Button>
  )
}

const REASON_LENGTH = 100

function EndDialog({
  place,
  session,
  onClose,
}: {
  place: string | null
  session: ConsoleSession
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const end = useEndConsole(place)
  const name = session.user?.full_name ?? session.user_name
  const submit = () =>
    end.mutate(
      { session: session.id, reason: reason.trim() },
      {
        onSuccess: () => {
          toast.success(t('consoles.ended', { guest: session.guest_name, name }))
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('consoles.end_ask', { guest: session.guest_name, name })}
      description={t('consoles.end_consequence')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="destructive" type="submit" form="end-console" busy={end.isPending}>
            {t('consoles.end_confirm')}
          </Button>
        </>
      }
    >
      <form
        id="end-console"
        onSubmit={event => {
          event.preventDefault()
          submit()
        }}
        className="flex flex-col gap-4"
      >
        {end.error && <ErrorNote error={end.error} />}
        <TextField
          label={t('consoles.reason')}
          help={t('consoles.reason_help')}
          value={reason}
          maxLength={REASON_LENGTH}
          autoComplete="off"
          onChange={event => setReason(event.target.value)}
        />
      </form>
    </Dialog>
  )
}
