import { useQuery } from '@tanstack/react-query'
import { SearchX } from 'lucide-react'
import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DataNote } from '@/components/data-note'
import { useToggleFavourite } from '@/components/favourite-star'
import { FullState } from '@/components/full-state'
import { Button } from '@/components/ui/button'
import { BulkBar } from '@/features/guests/bulk-bar'
import type { Columns } from '@/features/guests/columns'
import { compileFilter } from '@/features/guests/filter'
import { FilterBar } from '@/features/guests/filter-bar'
import { GuestCards } from '@/features/guests/guest-cards'
import type { RowActions } from '@/features/guests/guest-row'
import { GuestTable } from '@/features/guests/guest-table'
import type { GuestsPageProps } from '@/features/guests/guests-page'
import type { ListChoice } from '@/features/guests/list-choice'
import { SelectAll } from '@/features/guests/select-all'
import { extendTo, NOTHING, type Selection, toggleAll, toggleOne, toggleRange } from '@/features/guests/selection'
import { CARD_SORTS, formatSort, parseSort, type Sort } from '@/features/guests/sort'
import { useHeldOrder } from '@/features/guests/use-held-order'
import { favouriteKeys, favouritesQuery } from '@/lib/api/favourite-queries'
import type { Guest, GuestList as GuestListData, ServerBrief } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'
import { useShortcuts } from '@/lib/shortcuts'
import { useBusyGuests } from '@/lib/use-busy-guests'
import { useMediaQuery } from '@/lib/use-media-query'

type ListProps = GuestsPageProps & {
  list: GuestListData
  input: RefObject<HTMLInputElement | null>
  choice: ListChoice
  onColumns: (columns: Columns) => void
  room: number
  onRoom: (room: number) => void
  retrying: boolean
  onRetry: () => void
  onAccess: ((guest: Guest) => void) | undefined
}

const NO_FAVOURITES: ReadonlySet<string> = new Set()
/** With fewer guests than this, those who only have single ones need nothing to find them. */
const FEW = 6

/** The guests that pass the filter, as table or cards, and what is selected of them. */
export function GuestList(props: ListProps) {
  const { tenant, filter, order, onFilter, onOrder, list, choice } = props
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const busy = useBusyGuests(tenant.id)
  const favourites = useQuery({ ...favouritesQuery(tenant.id), select: favouriteKeys }).data ?? NO_FAVOURITES
  const toggleFavourite = useToggleFavourite(tenant.id)
  const sort = useMemo(() => parseSort(order), [order])
  const matching = useMemo(
    () => list.guests.filter(compileFilter(filter, favourites)),
    [list.guests, filter, favourites],
  )
  const held = useHeldOrder(matching, sort, filter)
  const ways = useWays(list.servers)
  const plain = !tenant.may.see_all_guests
  const cards = narrow || plain || choice.layout === 'cards'
  const [selection, setSelection] = useState<Selection>(NOTHING)
  const selected = useSelected(list.guests, selection)
  const shownKeys = useMemo(
    () => (selection.keys.size === 0 ? NO_FAVOURITES : new Set(matching.map(guestKey))),
    [matching, selection],
  )
  const clear = () => setSelection(NOTHING)
  const actions = useRowActions({
    select: (key, range) => setSelection(old => (range ? toggleRange(old, held.rows, key) : toggleOne(old, key))),
    favourite: toggleFavourite,
    access: props.onAccess,
  })
  const all = () => setSelection(old => toggleAll(old, held.rows))
  useShortcuts('selection.bar', [
    { keys: ['Escape'], text: 'help.clear_selection', ...(selected.length > 0 && { run: clear }) },
  ])
  const { onBulk } = props
  const bar = selected.length > 0 && (
    <BulkBar
      guests={selected}
      hidden={selected.filter(guest => !shownKeys.has(guestKey(guest))).length}
      actions={{
        power: onBulk && ((action, guests) => onBulk(action, guests, clear)),
        onlyShown: () =>
          setSelection(old => ({ ...old, keys: new Set([...old.keys].filter(key => shownKeys.has(key))) })),
        clear,
      }}
      className="min-w-0 flex-1 pr-2"
    />
  )
  const place = {
    tenant: tenant.id,
    slug: tenant.slug,
    guests: held.rows,
    busy,
    favourites,
    selected: selection.keys,
    ways,
    actions,
  }
  const content = (): ReactNode => {
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
    if (cards) return <GuestCards {...place} plain={plain} />
    return (
      <GuestTable
        {...place}
        choice={choice.columns}
        onChoice={props.onColumns}
        room={props.room}
        onRoom={props.onRoom}
        sort={sort}
        onSort={onOrder}
        onHold={held.hold}
        onRelease={held.release}
        onOpen={props.onOpen}
        onExtend={(from, to) => setSelection(old => extendTo(old, from, to))}
        onAll={all}
        bar={bar || null}
      />
    )
  }
  return (
    <>
      <DataNote servers={list.servers} plain={plain} retrying={props.retrying} onRetry={props.onRetry} />
      {(!plain || list.guests.length >= FEW || filter !== '') && (
        <FilterBar
          guests={list.guests}
          favourites={favourites.size}
          text={filter}
          onText={onFilter}
          input={props.input}
          plain={plain}
          matching={matching.length}
          tools={cards && !plain && <SortChoice sort={sort} onSort={onOrder} />}
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
      {(cards || matching.length === 0) && bar && (
        <div className="flex min-h-11 items-center border-t bg-raised">
          <div className="w-10 shrink-0">
            <SelectAll guests={held.rows} selected={selection.keys} onAll={all} />
          </div>
          {bar}
        </div>
      )}
    </>
  )
}

/** The selected guests as they are now; those that are gone fall out. */
function useSelected(guests: Guest[], { keys }: Selection): Guest[] {
  return useMemo(() => (keys.size === 0 ? [] : guests.filter(guest => keys.has(guestKey(guest)))), [guests, keys])
}

/** The same functions for as long as the list is there, so that rows are not drawn anew because of them. */
function useRowActions(actions: Omit<RowActions, 'current'>): Omit<RowActions, 'current'> {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  const { access } = actions
  return useMemo(
    () => ({
      select: (key, range) => latest.current.select(key, range),
      favourite: (guest, on) => latest.current.favourite(guest, on),
      access: access && (guest => latest.current.access?.(guest)),
    }),
    [access],
  )
}

/** How each server is reached, as one text so that news of a server draws nothing anew. */
function useWays(servers: ServerBrief[]): ReadonlyMap<string, string> {
  const reached = servers
    .filter(server => server.tailscale)
    .map(({ id, tailscale_host: host }) => `${id} ${host ?? ''}`)
  const text = reached.join('\n')
  return useMemo(
    () =>
      new Map(
        text
          .split('\n')
          .filter(Boolean)
          .map(line => {
            const [id = '', host = ''] = line.split(' ')
            return [id, host]
          }),
      ),
    [text],
  )
}

/** Cards have no heads to click. */
function SortChoice({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const { t } = useTranslation()
  const value = formatSort(sort)
  const known = CARD_SORTS.includes(value) ? CARD_SORTS : [value, ...CARD_SORTS]
  return (
    <select
      aria-label={t('guests.sort')}
      value={value}
      onChange={event => onSort(parseSort(event.target.value))}
      className="h-7 rounded-control border border-input bg-background px-1.5 text-table max-md:h-10"
    >
      {known.map(one => (
        <option key={one} value={one}>
          {t(`column.${parseSort(one).column}`)}
          {parseSort(one).descending ? ' ↓' : ' ↑'}
        </option>
      ))}
    </select>
  )
}
