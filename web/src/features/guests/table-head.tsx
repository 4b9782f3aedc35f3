import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ColumnId, MOVABLE, NARROWEST, shapes } from '@/features/guests/columns'
import { nextSort, type Sort } from '@/features/guests/sort'
import { cn } from '@/lib/cn'

/** What heads can change of the columns. */
type HeadActions = {
  move: (id: ColumnId, beside: ColumnId, after: boolean) => void
  step: (id: ColumnId, step: -1 | 1) => void
  size: (id: ColumnId, width: number) => void
}

type HeadProps = {
  ids: ColumnId[]
  sort: Sort
  onSort: (sort: Sort) => void
  actions: HeadActions
  select: ReactNode
  tools: ReactNode
}

type Drop = { id: ColumnId; beside: ColumnId; after: boolean }

/** How far the pointer goes before a click has become a drag, in pixels. */
const DRAG = 6

/** The head of the table: click to sort, drag to move, drag an edge to size. */
export function TableHead({ ids, sort, onSort, actions, select, tools }: HeadProps) {
  const row = useRef<HTMLTableRowElement>(null)
  const [drop, setDrop] = useState<Drop | null>(null)
  // The pointer may go up before what it did last was drawn.
  const last = useRef<Drop | null>(null)
  const mark = (next: Drop | null) => {
    last.current = next
    setDrop(next)
  }
  /** The column under the pointer, and on which half of it. */
  const placeAt = (id: ColumnId, x: number): Drop | null => {
    for (const cell of row.current?.cells ?? []) {
      const { left, right } = cell.getBoundingClientRect()
      const beside = cell.dataset.column as ColumnId | undefined
      if (beside && MOVABLE.includes(beside) && x >= left && x < right) {
        return beside === id ? null : { id, beside, after: x > (left + right) / 2 }
      }
    }
    return null
  }
  return (
    <tr ref={row} className="grid h-9 grid-cols-(--columns)" aria-rowindex={1}>
      {ids.map(id => {
        if (id === 'select') {
          return (
            <th key={id} scope="col" className="p-0">
              {select}
            </th>
          )
        }
        return (
          <HeadCell
            key={id}
            id={id}
            sort={sort}
            onSort={onSort}
            actions={actions}
            dragged={drop?.id === id}
            mark={drop?.beside === id ? (drop.after ? 'after' : 'before') : null}
            onDrag={x => mark(placeAt(id, x))}
            onDrop={() => {
              const { current } = last
              if (current) actions.move(current.id, current.beside, current.after)
              mark(null)
            }}
            onCancel={() => mark(null)}
          >
            {id === 'actions' && tools}
          </HeadCell>
        )
      })}
    </tr>
  )
}

type CellProps = Pick<HeadProps, 'sort' | 'onSort' | 'actions'> & {
  id: ColumnId
  dragged: boolean
  mark: 'before' | 'after' | null
  onDrag: (x: number) => void
  onDrop: () => void
  onCancel: () => void
  children: ReactNode
}

function HeadCell({ id, sort, onSort, actions, dragged, mark, onDrag, onDrop, onCancel, children }: CellProps) {
  const { t } = useTranslation()
  const column = shapes[id].sort
  const sorted = column !== null && sort.column === column
  const Arrow = sort.descending ? ArrowDown : ArrowUp
  const movable = MOVABLE.includes(id)
  const drag = usePointerDrag({ onDrag, onDrop, onCancel })
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (!movable || !event.altKey || step === 0) return
    event.preventDefault()
    event.stopPropagation()
    const head = event.currentTarget
    if (event.shiftKey) actions.size(id, (head.closest('th')?.offsetWidth ?? NARROWEST) + step * 16)
    else actions.step(id, step)
    // Moved in the page, an element loses the focus.
    requestAnimationFrame(() => head.focus())
  }
  const label = t(`column.${id}`)
  return (
    <th
      scope="col"
      data-column={id}
      aria-sort={sorted ? (sort.descending ? 'descending' : 'ascending') : undefined}
      className={cn(
        'group/head relative flex min-w-0 items-center px-2 font-medium text-muted last:justify-end last:pr-4',
        dragged && 'bg-primary/12',
        mark === 'before' && 'shadow-[inset_2px_0_0_var(--color-primary)]',
        mark === 'after' && 'shadow-[inset_-2px_0_0_var(--color-primary)]',
      )}
    >
      {column ? (
        <button
          type="button"
          onClick={() => !drag.moved() && onSort(nextSort(sort, column))}
          onKeyDown={onKeyDown}
          {...drag.handlers}
          className={cn(
            '-mx-1 flex h-7 max-w-full touch-none items-center gap-1 rounded px-1 font-medium hover:text-text',
            sorted && 'text-text',
          )}
        >
          <span className="truncate">{label}</span>
          <Arrow
            aria-hidden
            className={cn('size-3.5 shrink-0', !sorted && 'hidden opacity-40 group-hover/head:block')}
          />
        </button>
      ) : (
        <span
          {...(movable && drag.handlers)}
          className={cn('block select-none truncate', (id === 'actions' || id === 'favourite') && 'sr-only')}
        >
          {label}
        </span>
      )}
      {children}
      {movable && <Edge id={id} onSize={width => actions.size(id, width)} />}
    </th>
  )
}

type DragProps = { onDrag: (x: number) => void; onDrop: () => void; onCancel: () => void }

/** Tells clicks from drags: a drag begins when the pointer has gone some way while it is down. */
function usePointerDrag({ onDrag, onDrop, onCancel }: DragProps) {
  const from = useRef<number | null>(null)
  const moved = useRef(false)
  const end = (done: () => void) => {
    if (from.current !== null && moved.current) done()
    from.current = null
  }
  return {
    /** Whether the click that comes now ends a drag. */
    moved: () => moved.current,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLElement>) => {
        moved.current = false
        if (event.button !== 0 || event.pointerType === 'touch') return
        from.current = event.clientX
        // A quick pointer is elsewhere before it has told that it moved.
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerMove: (event: PointerEvent<HTMLElement>) => {
        if (from.current === null) return
        if (!moved.current && Math.abs(event.clientX - from.current) < DRAG) return
        moved.current = true
        onDrag(event.clientX)
      },
      onPointerUp: () => end(onDrop),
      onPointerCancel: () => end(onCancel),
    },
  }
}

/** The right edge of a head. Only for pointers: keyboards have Alt and Shift with the arrows, and the list of columns. */
function Edge({ id, onSize }: { id: ColumnId; onSize: (width: number) => void }) {
  const start = useRef<{ x: number; width: number } | null>(null)
  return (
    <span
      aria-hidden
      onPointerDown={event => {
        if (event.button !== 0) return
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width: event.currentTarget.closest('th')?.offsetWidth ?? shapes[id].width }
      }}
      onPointerMove={event => start.current && onSize(start.current.width + event.clientX - start.current.x)}
      onPointerUp={() => {
        start.current = null
      }}
      onPointerCancel={() => {
        start.current = null
      }}
      onDoubleClick={() => onSize(shapes[id].width)}
      className="absolute inset-y-1.5 right-0 z-10 w-2 cursor-col-resize touch-none border-transparent border-r hover:border-primary group-hover/head:border-border active:border-primary"
    />
  )
}
