import type { GuestList } from '@/lib/api/types'

/** When the oldest data of the reachable servers was read, in milliseconds; lost servers are named by the page itself. */
export function oldestData(list: GuestList): number | null {
  const times = list.servers
    .filter(server => server.status !== 'offline' && server.data_at != null)
    .map(server => Date.parse(server.data_at ?? ''))
  return times.length > 0 ? Math.min(...times) : null
}
