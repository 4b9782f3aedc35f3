import { columnVisibilityFeature, createColumnHelper, tableFeatures } from '@tanstack/react-table'
import type { SortColumn } from '@/features/guests/sort'
import type { Guest } from '@/lib/api/types'

/** The columns of the guest table: what there is, how wide, and what may be sorted or hidden. */
export const features = tableFeatures({ columnVisibilityFeature })

const helper = createColumnHelper<typeof features, Guest>()

export type ColumnId = SortColumn | 'tags' | 'actions'

type Shape = { sort: SortColumn | null; width: string; canHide: boolean; narrow?: string }

/**
 * Widths are of a fixed table layout; the name takes what is left. `narrow` leaves a column out where the window has
 * no room for it.
 */
export const shapes: Record<ColumnId, Shape> = {
  status: { sort: 'status', width: '112px', canHide: false },
  name: { sort: 'name', width: 'auto', canHide: false },
  vmid: { sort: 'vmid', width: '60px', canHide: true },
  type: { sort: 'type', width: '64px', canHide: true, narrow: 'max-xl:hidden' },
  place: { sort: 'place', width: '11%', canHide: true },
  tags: { sort: null, width: '118px', canHide: true, narrow: 'max-[90rem]:hidden' },
  cpu: { sort: 'cpu', width: '108px', canHide: true },
  memory: { sort: 'memory', width: '176px', canHide: true },
  uptime: { sort: 'uptime', width: '96px', canHide: true, narrow: 'max-xl:hidden' },
  actions: { sort: null, width: '204px', canHide: false },
}

const order: ColumnId[] = ['status', 'name', 'vmid', 'type', 'place', 'tags', 'cpu', 'memory', 'uptime', 'actions']

export const columns = helper.columns(order.map(id => helper.display({ id, enableHiding: shapes[id].canHide })))

const STORED = 'nexus-guest-columns'

/** The columns a person has hidden in this browser. */
export function storedVisibility(): Record<string, boolean> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(STORED) ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, boolean>) : {}
  } catch {
    return {}
  }
}

export function storeVisibility(visibility: Record<string, boolean>): void {
  localStorage.setItem(STORED, JSON.stringify(visibility))
}
