import type { LiveStats, NodeStats, StorageStats, Usage } from '@/lib/api/types'
import { filterValue } from '@/lib/filter-value'

/** What the dashboard counts, and in which order it shows it. No React. */

/** When the oldest data was read that still comes in; what is missing is named by itself. */
export function dataTime({ data_at: at, node_list: nodes, missing }: LiveStats): string | null {
  const gone = new Set(missing.map(server => server.id))
  const times = nodes.filter(node => !gone.has(node.server)).map(node => node.data_at)
  return times.length > 0 ? times.reduce((a, b) => (Date.parse(a) < Date.parse(b) ? a : b)) : (at ?? null)
}

/** The share in use, or null where there is nothing to use. */
export function shareOf({ used, total }: Usage): number | null {
  return total > 0 ? used / total : null
}

/** From here on CPU or memory of a node asks for a look. */
const BUSY = 0.85

export function cpuOf(node: NodeStats): number | null {
  return node.status === 'online' ? (node.cpu ?? null) : null
}

export function memoryOf({ status, memory_bytes: used, max_memory_bytes: total }: NodeStats): number | null {
  return status === 'online' && used != null && total ? used / total : null
}

function isBusy(node: NodeStats): boolean {
  return (cpuOf(node) ?? 0) >= BUSY || (memoryOf(node) ?? 0) >= BUSY
}

export const NODE_FILTERS = ['broken', 'busy'] as const
export type NodeFilter = (typeof NODE_FILTERS)[number]

const tests: Record<NodeFilter, (node: NodeStats) => boolean> = {
  broken: node => node.status !== 'online',
  busy: isBusy,
}

export function filterNodes(nodes: NodeStats[], filter: NodeFilter | undefined): NodeStats[] {
  return filter ? nodes.filter(tests[filter]) : nodes
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
const NODE_ORDER = { offline: 0, unknown: 1, online: 2 } as const

/** Trouble first, then by name: load would move the cards about. */
export function sortNodes(nodes: NodeStats[]): NodeStats[] {
  return [...nodes].sort(
    (a, b) =>
      NODE_ORDER[a.status] - NODE_ORDER[b.status] ||
      names.compare(a.server_name, b.server_name) ||
      names.compare(a.name, b.name),
  )
}

export const nodeKey = ({ server, name }: NodeStats) => `${server} ${name}`

function fullness({ used_bytes: used, total_bytes: total }: StorageStats): number {
  return used != null && total ? used / total : -1
}

/** What is away first, then the fullest; equals by name. Those of servers that are named as missing come last. */
export function sortStorages(storages: StorageStats[], missing: readonly { id: string }[] = []): StorageStats[] {
  const gone = new Set(missing.map(server => server.id))
  return [...storages].sort(
    (a, b) =>
      Number(gone.has(a.server)) - Number(gone.has(b.server)) ||
      Number(a.available) - Number(b.available) ||
      Math.round(100 * fullness(b)) - Math.round(100 * fullness(a)) ||
      names.compare(a.server_name, b.server_name) ||
      names.compare(a.name, b.name),
  )
}

export const storageKey = ({ server, node, name }: StorageStats) => `${server} ${node ?? ''} ${name}`

/** The filter line of the guests page that finds the guests of a node. */
export function guestsOfNode({ server_name, name }: NodeStats): string {
  // The whole names: a part of them would find others, too.
  return `server:${filterValue(`=${server_name}`)} node:${filterValue(`=${name}`)}`
}
