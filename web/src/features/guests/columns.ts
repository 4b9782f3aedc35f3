import {
  columnOrderingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  createColumnHelper,
  tableFeatures,
} from '@tanstack/react-table'
import type { SortColumn } from '@/features/guests/sort'
import type { Guest, SavedView } from '@/lib/api/types'

/** The columns of the guest table: what there is, how wide, and which of them a person sees in which order. */
export const features = tableFeatures({ columnVisibilityFeature, columnOrderingFeature, columnSizingFeature })

const helper = createColumnHelper<typeof features, Guest>()

export type ColumnId = SortColumn | 'select' | 'favourite' | 'tags' | 'actions'

type Shape = {
  sort: SortColumn | null
  /** In pixels; the name takes what is left. */
  width: number
  /** `always`, or shown unless there is no room for it (the lower the earlier), or only when it is asked for. */
  show: 'always' | 'asked' | number
}

export const shapes: Record<ColumnId, Shape> = {
  select: { sort: null, width: 40, show: 'always' },
  favourite: { sort: null, width: 32, show: 9 },
  status: { sort: 'status', width: 100, show: 'always' },
  name: { sort: 'name', width: 160, show: 'always' },
  vmid: { sort: 'vmid', width: 72, show: 10 },
  type: { sort: 'type', width: 72, show: 'asked' },
  place: { sort: 'place', width: 136, show: 8 },
  node: { sort: 'node', width: 100, show: 'asked' },
  pool: { sort: 'pool', width: 110, show: 'asked' },
  tags: { sort: null, width: 104, show: 4 },
  cpu: { sort: 'cpu', width: 96, show: 7 },
  memory: { sort: 'memory', width: 156, show: 6 },
  disk: { sort: 'disk', width: 92, show: 3 },
  network: { sort: 'network', width: 168, show: 2 },
  io: { sort: 'io', width: 168, show: 1 },
  uptime: { sort: 'uptime', width: 90, show: 5 },
  ha: { sort: 'ha', width: 96, show: 'asked' },
  lock: { sort: 'lock', width: 96, show: 'asked' },
  actions: { sort: null, width: 204, show: 'always' },
}

const ALL = Object.keys(shapes) as ColumnId[]
/** These stand where they are: the box to select at the start, the buttons at the end. */
const FIXED: readonly ColumnId[] = ['select', 'actions']
export const MOVABLE: readonly ColumnId[] = ALL.filter(id => !FIXED.includes(id))

/** As narrow and as wide as a column may be made, in pixels. */
export const NARROWEST = 40
export const WIDEST = 1000

export const columns = helper.columns(
  ALL.map(id => helper.display({ id, size: shapes[id].width, enableHiding: shapes[id].show !== 'always' })),
)

/** What a person has chosen. What is not in `shown` shows when there is room. */
export type Columns = {
  order: ColumnId[]
  shown: Partial<Record<ColumnId, boolean>>
  widths: Partial<Record<ColumnId, number>>
}

export const DEFAULT_COLUMNS: Columns = { order: [...MOVABLE], shown: {}, widths: {} }

const isColumn = (id: unknown): id is ColumnId => typeof id === 'string' && Object.hasOwn(shapes, id)
const clamp = (width: number) => Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)))

/** The order with every column in it once: those that came later than the choice stand where they stand by default. */
function wholeOrder(chosen: readonly unknown[]): ColumnId[] {
  const order = [...new Set(chosen.filter(isColumn))].filter(id => MOVABLE.includes(id))
  MOVABLE.forEach((id, index) => {
    if (order.includes(id)) return
    const before = MOVABLE.slice(0, index).findLast(other => order.includes(other))
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, id)
  })
  return order
}

/** The choice as it may be used, whatever was stored. */
export function readColumns(stored: unknown): Columns {
  const { order, shown, widths } = (typeof stored === 'object' && stored !== null ? stored : {}) as Record<
    string,
    unknown
  >
  const entries = (value: unknown) => (typeof value === 'object' && value !== null ? Object.entries(value) : [])
  return {
    order: wholeOrder(Array.isArray(order) ? order : []),
    shown: Object.fromEntries(entries(shown).filter(([id, on]) => isColumn(id) && typeof on === 'boolean')),
    widths: Object.fromEntries(
      entries(widths).flatMap(([id, width]) => (isColumn(id) && Number.isFinite(width) ? [[id, clamp(width)]] : [])),
    ),
  }
}

export const widthOf = (id: ColumnId, { widths }: Columns): number => widths[id] ?? shapes[id].width

/**
 * The columns that show in a table of this width, in order. What was asked for always does, also where the table must
 * be scrolled for it; the others go, the least important first, when there is no room.
 */
export function shownColumns(choice: Columns, room: number): ColumnId[] {
  const shown = new Set<ColumnId>(FIXED)
  for (const id of MOVABLE) {
    const { show } = shapes[id]
    if (show === 'always' || choice.shown[id] === true) shown.add(id)
  }
  const optional = MOVABLE.filter(id => typeof shapes[id].show === 'number' && choice.shown[id] === undefined)
  let left = room - [...shown].reduce((sum, id) => sum + widthOf(id, choice), 0)
  for (const id of optional.sort((a, b) => Number(shapes[b].show) - Number(shapes[a].show))) {
    left -= widthOf(id, choice)
    if (left < 0) break
    shown.add(id)
  }
  return ['select', ...choice.order.filter(id => shown.has(id)), 'actions']
}

/** The column moved to stand before or after another. */
export function moveColumn(choice: Columns, id: ColumnId, beside: ColumnId, after: boolean): Columns {
  if (id === beside || FIXED.includes(id)) return choice
  const order = choice.order.filter(other => other !== id)
  const place = beside === 'actions' ? order.length : beside === 'select' ? 0 : order.indexOf(beside) + (after ? 1 : 0)
  order.splice(place, 0, id)
  return { ...choice, order }
}

/** One step to the left or right among those that show. */
export function stepColumn(choice: Columns, shown: readonly ColumnId[], id: ColumnId, step: -1 | 1): Columns {
  const beside = shown[shown.indexOf(id) + step]
  return beside === undefined || FIXED.includes(beside) ? choice : moveColumn(choice, id, beside, step > 0)
}

export function sizeColumn(choice: Columns, id: ColumnId, width: number): Columns {
  return { ...choice, widths: { ...choice.widths, [id]: clamp(width) } }
}

/** A column added or taken away. Those that show now stay for it: the table is scrolled rather than missing one. */
export function showColumn(choice: Columns, now: readonly ColumnId[], id: ColumnId, shown: boolean): Columns {
  const stay = shown ? now.filter(other => typeof shapes[other].show === 'number') : []
  return { ...choice, shown: { ...choice.shown, ...Object.fromEntries(stay.map(other => [other, true])), [id]: shown } }
}

/** The columns as a saved view keeps them: those that show, in order. */
export function toView(choice: Columns, shown: readonly ColumnId[]): SavedView['columns'] {
  return shown
    .filter(id => !FIXED.includes(id))
    .map(id => ({ id, ...(choice.widths[id] !== undefined && { width: choice.widths[id] }) }))
}

export function fromView(view: SavedView['columns']): Columns {
  const ids = view.map(({ id }) => id)
  if (!ids.some(isColumn)) return DEFAULT_COLUMNS
  return readColumns({
    order: ids,
    shown: Object.fromEntries(MOVABLE.filter(id => shapes[id].show !== 'always').map(id => [id, ids.includes(id)])),
    widths: Object.fromEntries(view.flatMap(({ id, width }) => (width == null ? [] : [[id, width]]))),
  })
}
