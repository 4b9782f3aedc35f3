import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, Keyboard, LayoutGrid, MonitorX, Rows3, Server } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { Page } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { FilterHelp } from '@/features/guests/filter-help'
import { GuestList } from '@/features/guests/guest-list'
import { GuestsSkeleton } from '@/features/guests/guests-skeleton'
import { defaultView, useListChoice } from '@/features/guests/list-choice'
import { choiceOf, lookOf } from '@/features/guests/look'
import { viewsQuery } from '@/features/guests/queries'
import type { Sort } from '@/features/guests/sort'
import { ViewsMenu } from '@/features/guests/views-menu'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Action, Guest, SavedView, Tenant, ViewLayout } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { showShortcuts, useShortcuts } from '@/lib/shortcuts'

export type GuestsPageProps = {
  tenant: Tenant
  /** Who looks: columns and views are their own. */
  me: string
  /** Filter, order and view live in the address. */
  filter: string
  order: string | undefined
  view: string | undefined
  onFilter: (text: string) => void
  onOrder: (sort: Sort) => void
  /** Opens a view, or shows all guests. `replace` where it is not the person who goes there. */
  onView: (view: SavedView | null, replace: boolean) => void
  onViewGone: () => void
  /** The page of a guest. */
  onOpen: (guest: Guest) => void
  /** Who may do what with a guest, for those who manage that; another feature knows. */
  access?: ((guest: Guest, onClose: () => void) => ReactNode) | undefined
  /** Asks for an action on many guests, and calls back when it has begun. */
  onBulk?: (action: Action, guests: Guest[], onStarted: () => void) => void
}

export function GuestsPage(props: GuestsPageProps) {
  const { tenant, me, filter, order, view, onView } = props
  const { t } = useTranslation()
  const errorText = useErrorText()
  const guests = useQuery(guestsQuery(tenant.id))
  const [accessOf, setAccessOf] = useState<Guest | null>(null)
  const [choice, choose] = useListChoice(me)
  const [room, setRoom] = useState(() => window.innerWidth)
  const input = useRef<HTMLInputElement>(null)
  const plain = !tenant.may.see_all_guests
  const openView = (next: SavedView | null, replace = false) => {
    if (next) choose(old => choiceOf(next, old.columns))
    onView(next, replace)
  }
  const opening = useFirstView(props, !plain, openView)
  useShortcuts(
    'help.page',
    [
      {
        keys: ['/'],
        text: 'help.filter',
        run: event => {
          event.preventDefault()
          input.current?.focus()
        },
      },
    ],
    <FilterHelp />,
  )
  const list = guests.data
  return (
    <Page
      title={t('guests.title')}
      count={list?.guests.filter(guest => !guest.template).length}
      actions={
        !plain && (
          <>
            <ViewsMenu
              tenant={tenant.id}
              me={me}
              current={view}
              look={lookOf(filter, order, choice, room)}
              onView={openView}
              onGone={props.onViewGone}
            />
            <LayoutSwitch layout={choice.layout} onLayout={layout => choose({ layout })} />
            <Button
              variant="ghost"
              size="icon"
              aria-label={t('help.title')}
              title={t('help.title')}
              onClick={() => showShortcuts()}
              className="text-muted max-md:hidden"
            >
              <Keyboard className="size-4" aria-hidden />
            </Button>
          </>
        )
      }
    >
      {(guests.isPending || (list && opening)) && <GuestsSkeleton cards={plain || choice.layout === 'cards'} />}
      {guests.isError && !list && (
        <FullState
          icon={<CircleAlert aria-hidden />}
          title={t('guests.load_failed')}
          hint={errorText(guests.error)}
          action={
            <Button variant="primary" busy={guests.isFetching} onClick={() => void guests.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {list?.guests.length === 0 && !opening && <NoGuests tenant={tenant} servers={list.servers.length} />}
      {list && list.guests.length > 0 && !opening && (
        <GuestList
          {...props}
          list={list}
          input={input}
          choice={choice}
          onColumns={columns => choose({ columns })}
          room={room}
          onRoom={setRoom}
          retrying={guests.isFetching}
          onRetry={() => void guests.refetch()}
          onAccess={props.access && setAccessOf}
        />
      )}
      {accessOf && props.access?.(accessOf, () => setAccessOf(null))}
    </Page>
  )
}

/**
 * Opens the list with the view that the person has chosen for that, when its address asks for nothing. True while the
 * views are not here yet: a list that is drawn first and narrowed down then would jump.
 */
function useFirstView(
  { tenant, me, filter, order, view }: GuestsPageProps,
  on: boolean,
  open: (view: SavedView, replace: boolean) => void,
): boolean {
  const [wanted, setWanted] = useState(() => {
    const asked = filter !== '' || order !== undefined || view !== undefined
    return on && !asked ? defaultView(me, tenant.id) : null
  })
  const views = useQuery({ ...viewsQuery(tenant.id), enabled: on })
  const latest = useRef(open)
  useEffect(() => {
    latest.current = open
  })
  const settled = !views.isPending
  useEffect(() => {
    if (wanted === null || !settled) return
    const found = views.data?.find(one => one.id === wanted)
    if (found) latest.current(found, true)
    setWanted(null)
  }, [wanted, settled, views.data])
  return wanted !== null
}

const LAYOUTS: { layout: ViewLayout; Icon: typeof Rows3 }[] = [
  { layout: 'table', Icon: Rows3 },
  { layout: 'cards', Icon: LayoutGrid },
]

/** On phones there are only cards. */
function LayoutSwitch({ layout, onLayout }: { layout: ViewLayout; onLayout: (layout: ViewLayout) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset aria-label={t('guests.layout')} className="flex rounded-control border border-input max-md:hidden">
      {LAYOUTS.map(({ layout: one, Icon }) => (
        <button
          key={one}
          type="button"
          aria-label={t(`guests.layout_${one}`)}
          title={t(`guests.layout_${one}`)}
          aria-pressed={layout === one}
          onClick={() => onLayout(one)}
          className={cn(
            'grid size-7.5 place-items-center first:rounded-l-[5px] last:rounded-r-[5px] hover:bg-hover',
            layout === one ? 'bg-hover text-text' : 'text-muted',
          )}
        >
          <Icon className="size-4" aria-hidden />
        </button>
      ))}
    </fieldset>
  )
}

function NoGuests({ tenant, servers }: { tenant: Tenant; servers: number }) {
  const { t } = useTranslation()
  if (!tenant.may.see_all_guests) {
    return (
      <FullState
        icon={<MonitorX aria-hidden />}
        title={t('guests.none_assigned')}
        hint={t('guests.none_assigned_hint')}
      />
    )
  }
  if (servers > 0) {
    return <FullState icon={<MonitorX aria-hidden />} title={t('guests.none')} hint={t('guests.none_hint')} />
  }
  return (
    <FullState
      icon={<Server aria-hidden />}
      title={t('guests.no_server')}
      hint={t('guests.no_server_hint')}
      action={
        tenant.may.manage_servers && (
          <Link
            to="/t/$slug/servers"
            params={{ slug: tenant.slug }}
            search={{ add: true }}
            className={buttonClass('primary', 'md')}
          >
            {t('servers.add')}
          </Link>
        )
      }
    />
  )
}
