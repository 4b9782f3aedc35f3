import { useVirtualizer } from '@tanstack/react-virtual'
import { ChevronRight } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { cn } from '@/lib/cn'

/** One row of a tree that is laid flat. `open` is undefined where there is nothing under it. */
export type TreeRow = { id: string; level: number; position: number; size: number; open: boolean | undefined }

type TreeProps<R extends TreeRow> = {
  label: string
  rows: readonly R[]
  selected?: string | undefined
  /** Enter, space and a click on the row; the arrow at its left only opens and closes. */
  onSelect: (row: R) => void
  onToggle: (row: R, open: boolean) => void
  /** What typing letters finds a row by. */
  textOf: (row: R) => string
  children: (row: R) => ReactNode
  className?: string
}

const ROW = 28
/** Letters that follow one another this quickly are one word, in milliseconds. */
const TYPING_MS = 700

/** A tree of any length: only the rows in sight are drawn. The tree has the focus, the keys move inside of it. */
export function Tree<R extends TreeRow>(props: TreeProps<R>) {
  const { label, rows, selected, onSelect, onToggle, children, className } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const [current, setCurrent] = useState<string | undefined>(selected)
  const known = rows.findIndex(row => row.id === current)
  const chosen = rows.findIndex(row => row.id === selected)
  const active = known >= 0 ? known : Math.max(chosen, 0)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: index => rows[index]?.id ?? index,
    useFlushSync: false,
  })
  const scrollTo = virtual.scrollToIndex
  useEffect(() => {
    if (selected !== undefined) setCurrent(selected)
  }, [selected])
  // What is chosen elsewhere comes into sight, with what is around it; what is in sight stays where it is.
  useEffect(() => {
    const top = scroller.current?.scrollTop ?? 0
    const bottom = top + (scroller.current?.clientHeight ?? 0)
    if (chosen >= 0 && (chosen * ROW < top || (chosen + 1) * ROW > bottom)) scrollTo(chosen, { align: 'center' })
  }, [chosen, scrollTo])
  const move = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (!row) return
    setCurrent(row.id)
    scrollTo(rows.indexOf(row), { align: 'auto' })
  }
  const keys = useTreeKeys(props, active, move, () => Math.floor((scroller.current?.clientHeight ?? ROW) / ROW) - 1)
  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={rows[active] ? `${id}-${active}` : undefined}
      onKeyDown={keys}
      className={cn('group/tree min-h-0 overflow-auto py-1 -outline-offset-2', className)}
    >
      <div role="none" className="relative min-w-fit" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(item => {
          const row = rows[item.index]
          if (!row) return null
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
            <div
              key={item.key}
              id={`${id}-${item.index}`}
              role="treeitem"
              tabIndex={-1}
              aria-level={row.level}
              aria-posinset={row.position}
              aria-setsize={row.size}
              aria-expanded={row.open}
              aria-selected={row.id === selected}
              onClick={() => {
                setCurrent(row.id)
                onSelect(row)
              }}
              style={{ transform: `translateY(${item.start}px)`, paddingLeft: (row.level - 1) * 14 + 4 }}
              className={cn(
                'absolute inset-x-0 flex h-7 min-w-fit cursor-default items-center gap-1 pr-3 text-table hover:bg-hover',
                row.id === selected && 'bg-primary/12 hover:bg-primary/12',
                item.index === active &&
                  'group-focus-visible/tree:outline-2 group-focus-visible/tree:outline-primary group-focus-visible/tree:-outline-offset-2',
              )}
            >
              <span
                role="none"
                onClick={event => {
                  if (row.open === undefined) return
                  event.stopPropagation()
                  setCurrent(row.id)
                  onToggle(row, !row.open)
                }}
                className="grid size-6 shrink-0 place-items-center text-muted"
              >
                {row.open !== undefined && (
                  <ChevronRight
                    className={cn('size-4 transition-transform duration-[120ms]', row.open && 'rotate-90')}
                    aria-hidden
                  />
                )}
              </span>
              {children(row)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** The keys of a tree as every system has them. */
function useTreeKeys<R extends TreeRow>(
  { rows, onSelect, onToggle, textOf }: TreeProps<R>,
  active: number,
  move: (index: number) => void,
  page: () => number,
) {
  const typed = useRef({ text: '', at: 0 })
  const parent = () => {
    const level = rows[active]?.level ?? 1
    return rows.findLastIndex((row, index) => index < active && row.level < level)
  }
  const find = (key: string, at: number) => {
    const text = at - typed.current.at < TYPING_MS ? typed.current.text + key : key
    typed.current = { text, at }
    const fits = (row: R) => textOf(row).toLowerCase().startsWith(text)
    const from = text.length > 1 ? active : active + 1
    const after = rows.findIndex((row, index) => index >= from && fits(row))
    const found = after >= 0 ? after : rows.findIndex(fits)
    if (found >= 0) move(found)
  }
  return (event: KeyboardEvent) => {
    const row = rows[active]
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    switch (event.key) {
      case 'ArrowDown':
        move(active + 1)
        break
      case 'ArrowUp':
        move(active - 1)
        break
      case 'Home':
        move(0)
        break
      case 'End':
        move(rows.length - 1)
        break
      case 'PageDown':
        move(active + page())
        break
      case 'PageUp':
        move(active - page())
        break
      case 'ArrowRight':
        if (row.open === false) onToggle(row, true)
        else if (row.open) move(active + 1)
        break
      case 'ArrowLeft':
        if (row.open) onToggle(row, false)
        else if (parent() >= 0) move(parent())
        break
      case 'Enter':
      case ' ':
        onSelect(row)
        break
      default:
        if (event.key.length !== 1) return
        find(event.key.toLowerCase(), event.timeStamp)
    }
    event.preventDefault()
    // What the page does with single keys is not meant here.
    event.stopPropagation()
  }
}
