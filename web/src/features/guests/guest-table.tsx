import { useTable } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Menu, MenuCheck, MenuLabel } from '@/components/ui/menu'
import { type ColumnId, columns, features, shapes, storedVisibility, storeVisibility } from '@/features/guests/columns'
import { GuestRow, ROW_HEIGHT } from '@/features/guests/guest-row'
import { nextSort, type Sort } from '@/features/guests/sort'
import { useRowKeys } from '@/features/guests/use-row-keys'
import type { Guest } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { guestKey } from '@/lib/guest-key'

type TableProps = {
  tenant: string
  slug: string
  guests: Guest[]
  busy: ReadonlySet<string>
  sort: Sort
  onSort: (sort: Sort) => void
  onHold: () => void
  onRelease: () => void
  /** Shows who may do what with a guest, where a person may see that. */
  onAccess: ((guest: Guest) => void) | undefined
}

/** A table of any length: only the rows in sight are drawn, between two empty rows of the right height. */
export function GuestTable({ tenant, slug, guests, busy, sort, onSort, onHold, onRelease, onAccess }: TableProps) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const [columnVisibility, setColumnVisibility] = useState(storedVisibility)
  useEffect(() => storeVisibility(columnVisibility), [columnVisibility])
  const table = useTable({
    features,
    columns,
    data: guests,
    state: { columnVisibility },
    onColumnVisibilityChange: setColumnVisibility,
    getRowId: guestKey,
  })
  const ids = table.getVisibleLeafColumns().map(column => column.id as ColumnId)
  const hideable = table.getAllLeafColumns().filter(column => column.getCanHide())
  const rows = useVirtualizer({
    count: guests.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  })
  const [current, setCurrent] = useRowKeys({ guests, slug, scroller, scrollTo: index => rows.scrollToIndex(index) })
  const items = rows.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = rows.getTotalSize() - (items[items.length - 1]?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the order still while the pointer is here
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-auto border-t"
      onPointerMove={onHold}
      onPointerLeave={onRelease}
      onBlur={event => !event.currentTarget.contains(event.relatedTarget) && onRelease()}
    >
      <table
        aria-label={t('guests.title')}
        aria-rowcount={guests.length + 1}
        className="w-full min-w-[54rem] table-fixed text-table"
      >
        <colgroup>
          {ids.map(id => (
            <col key={id} className={shapes[id].narrow} style={{ width: shapes[id].width }} />
          ))}
        </colgroup>
        <thead className="sticky top-0 z-10 bg-background text-left shadow-[inset_0_-1px_0_var(--color-border)]">
          <tr className="h-9" aria-rowindex={1}>
            {ids.map(id => (
              <HeadCell key={id} id={id} sort={sort} onSort={onSort}>
                {id === 'actions' && (
                  <ColumnMenu
                    columns={hideable.map(column => ({
                      id: column.id as ColumnId,
                      shown: column.getIsVisible(),
                      show: shown => column.toggleVisibility(shown),
                    }))}
                  />
                )}
              </HeadCell>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer height={before} span={ids.length} />
          {items.map(item => {
            const guest = guests[item.index]
            if (!guest) return null
            return (
              <GuestRow
                key={guestKey(guest)}
                guest={guest}
                index={item.index}
                visible={ids.join(' ')}
                busy={busy.has(guestKey(guest))}
                current={item.index === current}
                slug={slug}
                tenant={tenant}
                onCurrent={setCurrent}
                onAccess={onAccess}
              />
            )
          })}
          <Spacer height={after} span={ids.length} />
        </tbody>
      </table>
    </div>
  )
}

function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden style={{ height }}>
      <td colSpan={span} />
    </tr>
  )
}

type HeadProps = { id: ColumnId; sort: Sort; onSort: (sort: Sort) => void; children?: ReactNode }

function HeadCell({ id, sort, onSort, children }: HeadProps) {
  const { t } = useTranslation()
  const column = shapes[id].sort
  const sorted = column !== null && sort.column === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={cn('px-2 font-medium text-muted first:pl-6 last:pr-6 last:text-right', shapes[id].narrow)}
    >
      {column ? (
        <button
          type="button"
          onClick={() => onSort(nextSort(sort, column))}
          className={cn(
            'group -mx-1 inline-flex h-7 items-center gap-1 rounded px-1 font-medium hover:text-text',
            sorted && 'text-text',
          )}
        >
          {t(`column.${id}`)}
          <Arrow aria-hidden className={cn('size-3.5', !sorted && 'opacity-0 group-hover:opacity-40')} />
        </button>
      ) : (
        <span className={cn(id === 'actions' && 'sr-only')}>{t(`column.${id}`)}</span>
      )}
      {children}
    </th>
  )
}

type ColumnMenuProps = { columns: { id: ColumnId; shown: boolean; show: (shown: boolean) => void }[] }

function ColumnMenu({ columns }: ColumnMenuProps) {
  const { t } = useTranslation()
  return (
    <Menu
      label={t('column.menu')}
      trigger={
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t('column.menu')}
          title={t('column.menu')}
          className="text-muted"
        >
          <Columns3 className="size-4" aria-hidden />
        </Button>
      }
    >
      <MenuLabel>{t('column.menu')}</MenuLabel>
      {columns.map(column => (
        <MenuCheck key={column.id} checked={column.shown} onChange={column.show}>
          {t(`column.${column.id}`)}
        </MenuCheck>
      ))}
    </Menu>
  )
}
