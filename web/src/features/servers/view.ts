import type { Server, ServerHealth, ServerStatus } from '@/lib/api/types'

/** Which servers the page shows and in which order, and what their numbers mean. No React. */

export const STATUSES = ['online', 'degraded', 'offline', 'checking', 'unknown', 'inactive'] as const
export const ORIGINS = ['own', 'environment', 'provided'] as const
export const SORTS = ['name', 'status', 'data', 'guests'] as const

type StatusFilter = (typeof STATUSES)[number]
export type SortColumn = (typeof SORTS)[number]
export type Sort = { column: SortColumn; descending: boolean }
export type Filter = { q: string; status: StatusFilter | undefined; origin: Server['origin'] | undefined }

/** "-guests" is by guests, most first. What is not known sorts by name. */
export function parseSort(text: string | undefined): Sort {
  const descending = text?.startsWith('-') ?? false
  const column = SORTS.find(known => known === text?.replace(/^-/, ''))
  return column ? { column, descending } : { column: 'name', descending: false }
}

export function formatSort({ column, descending }: Sort): string {
  return descending ? `-${column}` : column
}

/** A click on a head: first that column (numbers greatest first), then the other way round. */
export function nextSort(current: Sort, column: SortColumn): Sort {
  if (current.column === column) return { column, descending: !current.descending }
  return { column, descending: column === 'guests' }
}

/** What is not in use has no state that matters. */
function stateOf(server: Server): ServerStatus | 'inactive' {
  return server.is_active ? server.status : 'inactive'
}

function guestsOf({ guests }: Server): number {
  return guests.running + guests.stopped + guests.other
}

/** "pve.example.org:8006", for each configured way. */
export function addressesOf({ connection }: Server): string[] {
  if (!connection) return []
  const place = (host: string, port: number) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)
  const direct = connection.host ? [place(connection.host, connection.port)] : []
  const { use_tailscale, tailscale_host, tailscale_port } = connection
  return use_tailscale && tailscale_host ? [...direct, place(tailscale_host, tailscale_port)] : direct
}

/** Every word must be found somewhere in the row. */
export function filterServers(servers: Server[], { q, status, origin }: Filter): Server[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return servers.filter(server => {
    if (status && stateOf(server) !== status) return false
    if (origin && server.origin !== origin) return false
    const { name, notes, pve_version, connection } = server
    const row = [name, notes, pve_version, connection?.token_id, ...addressesOf(server)].join(' ').toLowerCase()
    return words.every(word => row.includes(word))
  })
}

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
/** Trouble first. */
const STATE_ORDER = { offline: 0, degraded: 1, checking: 2, unknown: 3, online: 4, inactive: 5 } as const

function compare(a: Server, b: Server, column: SortColumn): number {
  switch (column) {
    case 'name':
      return 0
    case 'status':
      return STATE_ORDER[stateOf(a)] - STATE_ORDER[stateOf(b)]
    case 'data':
      return Date.parse(b.data_at ?? '1970-01-01') - Date.parse(a.data_at ?? '1970-01-01')
    case 'guests':
      return guestsOf(a) - guestsOf(b)
  }
}

/** In order; what is equal is in the order of the names. */
export function sortServers(servers: Server[], { column, descending }: Sort): Server[] {
  const sign = descending ? -1 : 1
  return [...servers].sort((a, b) => {
    const byColumn = sign * compare(a, b, column)
    return byColumn || (column === 'name' ? sign : 1) * names.compare(a.name, b.name)
  })
}

/** The share of the last checks that passed, or null where there were none. */
export function successOf(health: ServerHealth | null | undefined): number | null {
  if (!health || health.checks === 0) return null
  return (health.checks - health.failed) / health.checks
}

const DAY = 86_400_000
/** How long before its end a token is called near it. */
const SOON = 14 * DAY

/** Whole days that a token has left, when these are few: 0 or less when it is over. */
export function tokenDaysLeft(expiresAt: string | null | undefined, now: number): number | null {
  if (!expiresAt) return null
  const left = Date.parse(expiresAt) - now
  return left > SOON ? null : Math.max(0, Math.ceil(left / DAY))
}

export type View = 'table' | 'cards'

/** The choice is a person's own, also where several use one browser. */
export function storedView(person: string): View {
  return localStorage.getItem(`nexus-servers-view-${person}`) === 'cards' ? 'cards' : 'table'
}

export function storeView(person: string, view: View): void {
  localStorage.setItem(`nexus-servers-view-${person}`, view)
}
