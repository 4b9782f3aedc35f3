import type { AnyServer } from '@/lib/api/types'

/** A server that is meant to work, and does not quite. */
export function isTroubled(server: AnyServer): boolean {
  return server.is_active && (server.status === 'offline' || server.status === 'degraded')
}

/** Every word must be found somewhere in the row. */
export function filterServers(servers: AnyServer[], text: string, troubled: boolean): AnyServer[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return servers.filter(server => {
    if (troubled && !isTroubled(server)) return false
    const { name, host, status, tenant, version } = server
    const row = [name, host, status, tenant.name, tenant.slug, version ?? ''].join(' ').toLowerCase()
    return words.every(word => row.includes(word))
  })
}
