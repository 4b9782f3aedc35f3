import type { GuestRef } from '@/lib/api/types'

/** Query keys that more than one place must know: the features that fetch, and the events that change. */
export const keys = {
  me: ['me'] as const,
  tenant: (tenant: string) => ['tenant', tenant] as const,
  guests: (tenant: string) => ['tenant', tenant, 'guests'] as const,
  guest: (tenant: string, guest: GuestRef) =>
    ['tenant', tenant, 'guest', guest.server, guest.type, guest.vmid] as const,
  snapshots: (tenant: string, guest: GuestRef) => [...keys.guest(tenant, guest), 'snapshots'] as const,
  servers: (tenant: string) => ['tenant', tenant, 'servers'] as const,
  stats: (tenant: string) => ['tenant', tenant, 'stats'] as const,
  metrics: (tenant: string) => ['tenant', tenant, 'metrics'] as const,
  checks: (tenant: string) => ['tenant', tenant, 'checks'] as const,
  /** The newest checks as events told them; the list itself is `checks`. */
  checkNews: (tenant: string) => ['tenant', tenant, 'check-news'] as const,
  checkRun: (tenant: string) => ['tenant', tenant, 'check-run'] as const,
  alerts: (tenant: string) => ['tenant', tenant, 'alerts'] as const,
  /** The newest tasks of all; lists by guest, person or state are `taskLists`. */
  tasks: (tenant: string) => ['tenant', tenant, 'tasks'] as const,
  taskLists: (tenant: string) => ['tenant', tenant, 'task-lists'] as const,
  bulks: (tenant: string) => ['tenant', tenant, 'bulk-actions'] as const,
  bulk: (tenant: string, bulk: string) => ['tenant', tenant, 'bulk-action', bulk] as const,
  favourites: (tenant: string) => ['tenant', tenant, 'favourites'] as const,
  recentGuests: (tenant: string) => ['tenant', tenant, 'recent-guests'] as const,
  views: (tenant: string) => ['tenant', tenant, 'views'] as const,
  members: (tenant: string) => ['tenant', tenant, 'members'] as const,
  invitations: (tenant: string) => ['tenant', tenant, 'invitations'] as const,
  groups: (tenant: string) => ['tenant', tenant, 'groups'] as const,
  assignments: (tenant: string) => ['tenant', tenant, 'assignments'] as const,
  settings: (tenant: string) => ['tenant', tenant, 'settings'] as const,
  audit: (tenant: string) => ['tenant', tenant, 'audit'] as const,
  notifications: (tenant: string) => ['tenant', tenant, 'notifications'] as const,
  notificationPreferences: (tenant: string) => ['tenant', tenant, 'notification-preferences'] as const,
  webhooks: (tenant: string) => ['tenant', tenant, 'webhooks'] as const,
  consoleSessions: (tenant: string) => ['tenant', tenant, 'console-sessions'] as const,
  pveSchema: (tenant: string, server: string) => ['tenant', tenant, 'pve-schema', server] as const,
  pveCalls: (tenant: string) => ['tenant', tenant, 'pve-calls'] as const,
  pveFavourites: (tenant: string) => ['tenant', tenant, 'pve-favourites'] as const,
  configPlan: (tenant: string, server: string) => ['tenant', tenant, 'config-plan', server] as const,
  configSnapshots: (tenant: string, server: string) => ['tenant', tenant, 'config-snapshots', server] as const,
}
