import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleAlert, Keyboard, MonitorX, SearchX, Server } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DataNote } from '@/components/data-note'
import { useErrorText } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { Page } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { compileFilter } from '@/features/guests/filter'
import { FilterBar } from '@/features/guests/filter-bar'
import { GuestCards } from '@/features/guests/guest-cards'
import { GuestTable } from '@/features/guests/guest-table'
import { GuestsSkeleton } from '@/features/guests/guests-skeleton'
import { KeysHelp } from '@/features/guests/keys-help'
import { parseSort, type Sort } from '@/features/guests/sort'
import { useHeldOrder } from '@/features/guests/use-held-order'
import { isTyping } from '@/features/guests/use-row-keys'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, GuestList, Tenant } from '@/lib/api/types'
import { useBusyGuests } from '@/lib/use-busy-guests'
import { useMediaQuery } from '@/lib/use-media-query'

type GuestsPageProps = {
  tenant: Tenant
  /** Filter and order live in the address. */
  filter: string
  order: string | undefined
  onFilter: (text: string) => void
  onOrder: (sort: Sort) => void
  /** Who may do what with a guest, for those who manage that; another feature knows. */
  access?: ((guest: Guest, onClose: () => void) => ReactNode) | undefined
}

export function GuestsPage(props: GuestsPageProps) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const guests = useQuery(guestsQuery(props.tenant.id))
  const [help, setHelp] = useState(false)
  const [accessOf, setAccessOf] = useState<Guest | null>(null)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (event.key === '/') {
        event.preventDefault()
        input.current?.focus()
      } else if (event.key === '?') setHelp(true)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  const count = guests.data?.guests.filter(guest => !guest.template).length
  const plain = !props.tenant.may.see_all_guests
  return (
    <Page
      title={t('guests.title')}
      count={count}
      actions={
        <Button
          variant="ghost"
          size="icon"
          aria-label={t('help.title')}
          title={t('help.title')}
          onClick={() => setHelp(true)}
          className="text-muted max-md:hidden"
        >
          <Keyboard className="size-4" aria-hidden />
        </Button>
      }
    >
      {guests.isPending && <GuestsSkeleton cards={plain} />}
      {guests.isError && !guests.data && (
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
      {guests.data && (
        <Loaded
          {...props}
          list={guests.data}
          input={input}
          retrying={guests.isFetching}
          onRetry={() => void guests.refetch()}
          onAccess={props.access && setAccessOf}
        />
      )}
      {accessOf && props.access?.(accessOf, () => setAccessOf(null))}
      <KeysHelp open={help} onOpenChange={setHelp} />
    </Page>
  )
}

type LoadedProps = GuestsPageProps & {
  list: GuestList
  input: RefObject<HTMLInputElement | null>
  retrying: boolean
  onRetry: () => void
  onAccess: ((guest: Guest) => void) | undefined
}

function Loaded({ tenant, filter, order, onFilter, onOrder, list, input, retrying, onRetry, onAccess }: LoadedProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const busy = useBusyGuests(tenant.id)
  const sort = useMemo(() => parseSort(order), [order])
  const matching = useMemo(() => list.guests.filter(compileFilter(filter)), [list.guests, filter])
  const held = useHeldOrder(matching, sort, filter)
  const plain = !tenant.may.see_all_guests
  const place = { tenant: tenant.id, slug: tenant.slug, guests: held.rows, busy, onAccess }
  const content = (): ReactNode => {
    if (list.guests.length === 0) return <NoGuests tenant={tenant} servers={list.servers.length} />
    if (matching.length === 0) {
      return (
        <FullState
          icon={<SearchX aria-hidden />}
          title={t('guests.no_match')}
          hint={t('guests.no_match_hint')}
          action={<Button onClick={() => onFilter('')}>{t('guests.filter_clear')}</Button>}
          className="border-t"
        />
      )
    }
    if (narrow || plain) return <GuestCards {...place} plain={plain} />
    return <GuestTable {...place} sort={sort} onSort={onOrder} onHold={held.hold} onRelease={held.release} />
  }
  return (
    <>
      <DataNote servers={list.servers} retrying={retrying} onRetry={onRetry} />
      {list.guests.length > 0 && (
        <FilterBar
          guests={list.guests}
          text={filter}
          onText={onFilter}
          input={input}
          plain={plain}
          matching={matching.length}
        >
          {held.moves > 0 && (
            <button
              type="button"
              onClick={held.resort}
              className="nums h-7 animate-fade-in rounded-full bg-primary-solid px-3 font-medium text-table text-white hover:bg-primary-hover"
            >
              {t('guests.changes', { count: held.moves })}
            </button>
          )}
        </FilterBar>
      )}
      {content()}
    </>
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
