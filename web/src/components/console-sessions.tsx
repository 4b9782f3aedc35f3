import { useInfiniteQuery } from '@tanstack/react-query'
import { Info, SearchX, SquareTerminal } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { GuestName, LastInput, PersonName, RoundTrip, Since, State, Traffic } from '@/components/console-session/cells'
import { ConsoleDetails } from '@/components/console-session/details'
import { EndDialog } from '@/components/console-session/end-dialog'
import { ConsoleFilterBar } from '@/components/console-session/filters'
import { FullState } from '@/components/full-state'
import { bodyRow, card, ListCards, ListSkeleton, ListTable, LoadFailed, LoadMore } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button } from '@/components/ui/button'
import { consoleSessionsQuery } from '@/lib/api/console-session-queries'
import type { ConsoleSession, GuestRef } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { askOf, type ConsoleFilter, trimConsoleFilter } from '@/lib/console-filter'
import { useMediaQuery } from '@/lib/use-media-query'

type SessionsPageProps = {
  /** The tenant's id, or null for the sessions of all tenants. */
  place: string | null
  title: string
  /** Which sessions; it lives in the address. */
  filter: ConsoleFilter
  onFilter: (filter: ConsoleFilter) => void
  /** Whether the person sees only their own. */
  own?: boolean
}

/** Console sessions, live and past, and ending them. */
export function ConsoleSessionsPage({ title, ...sessions }: SessionsPageProps) {
  const { place, filter } = sessions
  const { data } = useInfiniteQuery(consoleSessionsQuery(place, askOf(filter)))
  const count = data?.pages.reduce((sum, page) => sum + page.sessions.length, 0)
  const more = data?.pages.at(-1)?.next_cursor != null
  return (
    <Page title={title} count={filter.all || more ? undefined : count}>
      <ConsoleSessions title={title} {...sessions} />
    </Page>
  )
}

/** The sessions themselves; of one guest where it is named. */
export function ConsoleSessions(props: SessionsPageProps & { guest?: GuestRef }) {
  const { place, guest, title, filter, onFilter, own } = props
  const { t } = useTranslation()
  const [ending, setEnding] = useState<ConsoleSession | null>(null)
  const [shown, setShown] = useState<ConsoleSession | null>(null)
  const narrow = useMediaQuery('(max-width: 1023px)')
  const query = useInfiniteQuery(consoleSessionsQuery(place, askOf(filter, guest)))
  const sessions = query.data?.pages.flatMap(page => page.sessions)
  const List = narrow ? SessionCards : SessionTable
  const fresh = shown && sessions?.find(session => session.id === shown.id)
  if (fresh && fresh !== shown) setShown(fresh)
  return (
    <>
      <div className={cn('empty:hidden', guest && 'pt-3')}>
        <ConsoleFilterBar place={place} filter={filter} onFilter={onFilter} sessions={sessions} own={own} />
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
      {sessions?.length === 0 && <NoSessions guest={guest !== undefined} filter={filter} onFilter={onFilter} />}
      {sessions && sessions.length > 0 && (
        <List
          title={title}
          sessions={sessions}
          tenants={place === null}
          guests={guest === undefined}
          past={filter.all ?? false}
          onEnd={setEnding}
          onShow={setShown}
          after={<LoadMore query={query} />}
        />
      )}
      {shown && (
        <ConsoleDetails
          // Ended while it was looked at, and so gone from the list of open ones.
          session={fresh || filter.all ? shown : { ...shown, state: 'ended' }}
          linked={place !== null}
          onEnd={setEnding}
          onClose={() => setShown(null)}
        />
      )}
      {ending && <EndDialog place={place} session={ending} onClose={() => setEnding(null)} />}
    </>
  )
}

type NoSessionsProps = { guest: boolean; filter: ConsoleFilter; onFilter: (filter: ConsoleFilter) => void }

function NoSessions({ guest, filter, onFilter }: NoSessionsProps) {
  const { t } = useTranslation()
  if (filter.user || filter.tenant || filter.cause) {
    return (
      <FullState
        icon={<SearchX aria-hidden />}
        title={t('consoles.no_match')}
        hint={filter.all ? t('consoles.no_match_hint') : t('consoles.no_match_open_hint')}
        action={
          filter.all ? (
            <Button onClick={() => onFilter({ all: true })}>{t('audit.clear')}</Button>
          ) : (
            <Button onClick={() => onFilter(trimConsoleFilter({ ...filter, all: true }))}>
              {t('consoles.show_past')}
            </Button>
          )
        }
        className="border-t"
      />
    )
  }
  return (
    <FullState
      icon={<SquareTerminal aria-hidden />}
      title={filter.all ? t('consoles.none') : t('consoles.none_open')}
      hint={guest ? t('consoles.none_hint_guest') : t('consoles.none_hint')}
      action={!filter.all && <Button onClick={() => onFilter({ all: true })}>{t('consoles.show_past')}</Button>}
      className="border-t"
    />
  )
}

type ListProps = {
  title: string
  sessions: ConsoleSession[]
  /** Whether the tenant is worth saying. */
  tenants: boolean
  /** Whether the guest is. */
  guests: boolean
  /** Whether past ones are among them: then why they ended needs the room. */
  past: boolean
  onEnd: (session: ConsoleSession) => void
  onShow: (session: ConsoleSession) => void
  after: ReactNode
}

function SessionTable({ title, sessions, tenants, guests, past, onEnd, onShow, after }: ListProps) {
  const { t } = useTranslation()
  // What a column has no room for stands in the panel of the session.
  const hidden = { trip: past && 'max-2xl:hidden', input: (past || tenants) && 'max-2xl:hidden' }
  return (
    <ListTable
      label={title}
      after={after}
      head={
        <>
          <th scope="col">{t('consoles.column_person')}</th>
          {guests && <th scope="col">{t('consoles.column_guest')}</th>}
          {tenants && <th scope="col">{t('consoles.column_tenant')}</th>}
          <th scope="col" className="max-xl:hidden">
            {t('consoles.column_address')}
          </th>
          <th scope="col">{t('consoles.column_duration')}</th>
          <th scope="col">{t('consoles.column_traffic')}</th>
          <th scope="col" className={cn(hidden.trip)}>
            {t('consoles.column_round_trip')}
          </th>
          <th scope="col" className={cn(hidden.input)}>
            {t('consoles.column_input')}
          </th>
          <th scope="col">{t('consoles.column_state')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {sessions.map(session => (
        <tr key={session.id} className={bodyRow}>
          <td className="max-w-44">
            <PersonName session={session} />
          </td>
          {guests && (
            <td className="max-w-44">
              <GuestName session={session} linked={!tenants} />
            </td>
          )}
          {tenants && (
            <td className="max-w-36">
              <span className="block truncate" title={session.tenant.name}>
                {session.tenant.name}
              </span>
            </td>
          )}
          <td className="max-w-28 max-xl:hidden">
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
          <td className={cn(hidden.trip)}>
            <RoundTrip session={session} />
          </td>
          <td className={cn(hidden.input)}>
            <LastInput session={session} />
          </td>
          <td className={past ? 'max-w-60' : 'max-w-48'}>
            <State session={session} />
          </td>
          <td>
            <span className="flex items-center justify-end gap-1">
              <EndButton session={session} onEnd={onEnd} />
              <DetailsButton session={session} onShow={onShow} />
            </span>
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function SessionCards({ title, sessions, tenants, guests, onEnd, onShow, after }: ListProps) {
  const { t } = useTranslation()
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
          {tenants && <span className="truncate">{session.tenant.name}</span>}
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <Since session={session} />
            <Traffic session={session} />
          </div>
          {session.state === 'open' && (
            <dl className="flex flex-wrap items-center gap-x-4 gap-y-1">
              {session.browser_rtt_ms != null && (
                <div className="flex gap-1.5">
                  <dt className="text-muted">{t('consoles.column_round_trip')}</dt>
                  <dd>
                    <RoundTrip session={session} />
                  </dd>
                </div>
              )}
              {session.idle_seconds != null && (
                <div className="flex gap-1.5">
                  <dt className="text-muted">{t('consoles.column_input')}</dt>
                  <dd>
                    <LastInput session={session} />
                  </dd>
                </div>
              )}
            </dl>
          )}
          <div className="flex items-center gap-1">
            <span className="min-w-0 flex-1 break-all font-mono text-muted text-xs">{session.address}</span>
            <EndButton session={session} onEnd={onEnd} />
            <DetailsButton session={session} onShow={onShow} />
          </div>
        </li>
      ))}
    </ListCards>
  )
}

type ButtonProps = { session: ConsoleSession }

function EndButton({ session, onEnd }: ButtonProps & Pick<ListProps, 'onEnd'>) {
  const { t } = useTranslation()
  if (session.state === 'ended' || !session.may.end) return null
  return (
    <Button size="sm" onClick={() => onEnd(session)}>
      {t('consoles.end')}
      <span className="sr-only">{session.guest_name}</span>
    </Button>
  )
}

function DetailsButton({ session, onShow }: ButtonProps & Pick<ListProps, 'onShow'>) {
  const { t } = useTranslation()
  const name = session.user?.full_name ?? session.user_name
  return (
    <Button
      size="icon-sm"
      variant="ghost"
      aria-label={t('consoles.details_of', { name, guest: session.guest_name })}
      onClick={() => onShow(session)}
    >
      <Info className="size-4 text-muted" aria-hidden />
    </Button>
  )
}
