import { useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type CSSProperties, type ReactNode, type RefObject, useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { ColumnPanel } from '@/features/guests/column-panel'
import {
  type ColumnId,
  type Columns,
  columns,
  features,
  moveColumn,
  shownColumns,
  sizeColumn,
  stepColumn,
  widthOf,
} from '@/features/guests/columns'
import type { Way } from '@/features/guests/guest-cells'
import { GuestRow, ROW_HEIGHT, type RowActions } from '@/features/guests/guest-row'
import { SelectAll } from '@/features/guests/select-all'
import type { Sort } from '@/features/guests/sort'
import { TableHead } from '@/features/guests/table-head'
import { useRowKeys } from '@/features/guests/use-row-keys'
import type { Guest } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

type TableProps = {
  tenant: string
  slug: string
  guests: Guest[]
  busy: ReadonlySet<string>
  favourites: ReadonlySet<string>
  selected: ReadonlySet<string>
  /** How each server is reached, by its id. */
  ways: ReadonlyMap<string, Way>
  choice: Columns
  onChoice: (choice: Columns) => void
  /** How wide the table is, in pixels. */
  room: number
  onRoom: (room: number) => void
  sort: Sort
  onSort: (sort: Sort) => void
  onHold: () => void
  onRelease: () => void
  actions: Omit<RowActions, 'current'>
  onOpen: (guest: Guest) => void
  onExtend: (from: string, to: string) => void
  onAll: () => void
  /** Stands over the head while something is selected. */
  bar: ReactNode
}

/** A table of any length: only the rows in sight are drawn, between two empty rows of the right height. */
export function GuestTable(props: TableProps) {
  const { tenant, slug, guests, busy, favourites, selected, ways, choice, onChoice, room, sort, onSort, actions, bar } =
    props
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  useRoom(scroller, props.onRoom)
  const ids = useMemo(() => shownColumns(choice, room), [choice, room])
  const table = useTable({
    features,
    columns,
    data: guests,
    state: {
      columnVisibility: Object.fromEntries(columns.map(({ id }) => [id, ids.includes(id as ColumnId)])),
      columnOrder: ids,
      columnSizing: choice.widths,
    },
    getRowId: guestKey,
  })
  const shown = table.getVisibleLeafColumns()
  const rows = useVirtualizer({
    count: guests.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    // The head stands over the rows.
    scrollPaddingEnd: ROW_HEIGHT,
    // Rows may come a frame later than the scroll bar; it never waits for them.
    useFlushSync: false,
  })
  const [current, setCurrent] = useRowKeys({
    guests,
    slug,
    scroller,
    scrollTo: index => rows.scrollToIndex(index),
    onOpen: props.onOpen,
    onSelect: key => actions.select(key, false),
    onExtend: props.onExtend,
    onAll: props.onAll,
    onFavourite: guest => actions.favourite(guest, !favourites.has(guestKey(guest))),
  })
  const rowActions = useMemo(() => ({ ...actions, current: setCurrent }), [actions, setCurrent])
  const visible = ids.join(' ')
  return (
    <div className="relative flex min-h-0 flex-1 flex-col border-t">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only holds the order still while the pointer is here */}
      <div
        ref={scroller}
        // Whoever comes back from a guest's page finds the list where it was.
        data-scroll-restoration-id="guests"
        className="min-h-0 flex-1 overflow-auto"
        onPointerMove={props.onHold}
        onPointerLeave={props.onRelease}
        onBlur={event => !event.currentTarget.contains(event.relatedTarget) && props.onRelease()}
      >
        {/* Grids, so that a row that comes into sight is laid out alone: a table would lay out all of them anew. */}
        <table
          aria-label={t('guests.title')}
          aria-rowcount={guests.length + 1}
          style={
            {
              minWidth: ids.reduce((sum, id) => sum + widthOf(id, choice), 0),
              '--columns': shown.map(column => track(column.id as ColumnId, choice)).join(' '),
            } as CSSProperties
          }
          className="block w-full text-table"
        >
          <thead
            inert={bar !== null}
            className="sticky top-0 z-10 block bg-background text-left shadow-[inset_0_-1px_0_var(--color-border)]"
          >
            <TableHead
              ids={ids}
              sort={sort}
              onSort={onSort}
              actions={{
                move: (id, beside, after) => onChoice(moveColumn(choice, id, beside, after)),
                step: (id, by) => onChoice(stepColumn(choice, ids, id, by)),
                size: (id, width) => onChoice(sizeColumn(choice, id, width)),
              }}
              select={<SelectAll guests={guests} selected={selected} onAll={props.onAll} />}
              tools={<ColumnPanel choice={choice} shown={ids} onChoice={onChoice} />}
            />
          </thead>
          <tbody className="relative block" style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map(({ index }) => {
              const guest = guests[index]
              if (!guest) return null
              const key = guestKey(guest)
              return (
                <GuestRow
                  key={key}
                  guest={guest}
                  index={index}
                  visible={visible}
                  busy={busy.has(key)}
                  current={index === current}
                  selected={selected.has(key)}
                  favourite={favourites.has(key)}
                  way={ways.get(guest.server.id) ?? null}
                  slug={slug}
                  tenant={tenant}
                  actions={rowActions}
                />
              )
            })}
          </tbody>
        </table>
      </div>
      {bar && (
        <div className="absolute inset-x-0 top-0 z-20 flex h-9 border-b bg-raised">
          <div className="w-10 shrink-0">
            <SelectAll guests={guests} selected={selected} onAll={props.onAll} />
          </div>
          {bar}
        </div>
      )}
    </div>
  )
}

/** The name takes what is left, or the buttons where the name was given a width. */
function track(id: ColumnId, choice: Columns): string {
  const width = `${widthOf(id, choice)}px`
  const rest = choice.widths.name === undefined ? 'name' : 'actions'
  return id === rest ? `minmax(${width}, 1fr)` : width
}

/** Tells how much room there is for columns. */
function useRoom(element: RefObject<HTMLElement | null>, onRoom: (room: number) => void): void {
  useLayoutEffect(() => {
    const target = element.current
    if (!target) return
    const tell = () => onRoom(target.clientWidth || window.innerWidth)
    tell()
    const observer = new ResizeObserver(tell)
    observer.observe(target)
    return () => observer.disconnect()
  }, [element, onRoom])
}
