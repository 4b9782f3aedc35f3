import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Menu, MenuCheck } from '@/components/ui/menu'
import { type Order, type Row, sortRows, type Table, wordOf } from '@/features/explorer/answer'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'

const ROW = 32
/** So many columns show at first; the rest is chosen. */
const FIRST = 8
/** Rows that are looked at to know how wide a column is. */
const LOOKED_AT = 50

/** A list of things as a table: sorted by any column, with the columns that one wants. */
export function AnswerTable({ table }: { table: Table }) {
  const { t, i18n } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const [order, setOrder] = useState<Order | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(table.columns.slice(FIRST)))
  const rows = useMemo(
    () => (order ? sortRows(table.rows, order, i18n.language) : table.rows),
    [table, order, i18n.language],
  )
  const columns = table.columns.filter(column => !hidden.has(column))
  const widths = useMemo(() => new Map(table.columns.map(name => [name, widthOf(name, table.rows)])), [table])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    scrollPaddingStart: ROW,
    useFlushSync: false,
  })
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const sortBy = (column: string) =>
    setOrder(order?.column !== column ? { column, down: false } : order.down ? null : { column, down: true })
  const toggle = (column: string, on: boolean) => {
    const next = new Set(hidden)
    if (on) next.delete(column)
    else next.add(column)
    if (next.size < table.columns.length) setHidden(next)
  }
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center gap-3">
        <span className="nums text-muted text-table">
          {t('explorer.rows', { count: rows.length, shown: formatNumber(rows.length, i18n.language) })}
        </span>
        <div className="ml-auto">
          <Menu
            label={t('column.menu')}
            trigger={
              <Button size="sm">
                <Columns3 className="size-4" aria-hidden />
                {t('explorer.columns', { shown: columns.length, count: table.columns.length })}
              </Button>
            }
          >
            {table.columns.map(column => (
              <MenuCheck key={column} checked={!hidden.has(column)} onChange={on => toggle(column, on)}>
                <span className="font-mono text-table">{column}</span>
              </MenuCheck>
            ))}
          </Menu>
        </div>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a region that scrolls, not a part of the page */}
      <div
        ref={scroller}
        role="group"
        aria-label={t('explorer.view_table')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys scroll what has the focus
        tabIndex={0}
        className="relative max-h-[min(70vh,40rem)] overflow-auto rounded-card border -outline-offset-2"
      >
        <table
          aria-label={t('explorer.answer')}
          aria-rowcount={rows.length + 1}
          className="w-full table-fixed text-table"
        >
          <colgroup>
            {columns.map(column => (
              <col key={column} style={{ width: `${widths.get(column) ?? 8}ch` }} />
            ))}
          </colgroup>
          <thead className="sticky top-0 z-10 bg-background text-left text-muted shadow-[inset_0_-1px_0_var(--color-border)]">
            <tr aria-rowindex={1} className="h-8">
              {columns.map(column => (
                <Head key={column} name={column} order={order} onSort={() => sortBy(column)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 && (
              <tr aria-hidden style={{ height: before }}>
                <td colSpan={columns.length} />
              </tr>
            )}
            {items.map(item => (
              <tr
                key={item.key}
                aria-rowindex={item.index + 2}
                className="h-8 border-b last:border-b-0 hover:bg-hover/70"
              >
                {columns.map(column => (
                  <Cell key={column} value={rows[item.index]?.[column]} />
                ))}
              </tr>
            ))}
            {after > 0 && (
              <tr aria-hidden style={{ height: after }}>
                <td colSpan={columns.length} />
              </tr>
            )}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function Head({ name, order, onSort }: { name: string; order: Order | null; onSort: () => void }) {
  const sorted = order?.column === name ? order : null
  const Icon = sorted?.down ? ArrowDown : ArrowUp
  return (
    <th
      scope="col"
      aria-sort={sorted ? (sorted.down ? 'descending' : 'ascending') : 'none'}
      className="p-0 font-medium"
    >
      <button
        type="button"
        onClick={onSort}
        title={name}
        className="flex h-8 w-full min-w-0 items-center gap-1 px-3 font-mono text-xs -outline-offset-2 hover:text-text"
      >
        <span className="truncate">{name}</span>
        {sorted && <Icon className="size-3.5 shrink-0" aria-hidden />}
      </button>
    </th>
  )
}

function Cell({ value }: { value: Row[string] }) {
  const text = wordOf(value)
  return (
    <td
      title={text}
      className={cn(
        'truncate px-3',
        typeof value === 'number' && 'nums',
        typeof value === 'object' && 'font-mono text-xs',
      )}
    >
      {text === '' ? <span className="text-muted">–</span> : text.slice(0, 300)}
    </td>
  )
}

/** In widths of a digit. */
function widthOf(column: string, rows: readonly Row[]): number {
  const lengths = rows.slice(0, LOOKED_AT).map(row => wordOf(row[column]).length)
  return Math.min(44, Math.max(column.length + 5, ...lengths.map(length => length + 4), 8))
}
