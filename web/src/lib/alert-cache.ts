import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { Alert, AlertFilter, AlertList } from '@/lib/api/types'
import { askAgainIfAsked } from '@/lib/ask-again'

/** Which alerts a list holds: those of one state or all, of one server or all. */
export type AlertScope = { state?: AlertFilter | undefined; server?: string | undefined }

const ORDER = { open: 0, acknowledged: 1, resolved: 2 } as const

/** Brings an alert that has opened or changed into every list that is known. */
export function applyAlert(client: QueryClient, tenant: string, alert: Alert): void {
  const queryKey = keys.alerts(tenant)
  askAgainIfAsked(client, queryKey)
  const lists = client.getQueriesData<InfiniteData<AlertList>>({ queryKey })
  const old = lists
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap(page => page.alerts)
    .find(other => other.id === alert.id)
  // One that stands further down than was loaded: how the figures change is not known.
  if (!old && alert.state !== 'open') {
    void client.invalidateQueries({ queryKey })
    return
  }
  if (old && ORDER[old.state] > ORDER[alert.state]) return
  for (const [key, data] of lists) {
    if (data) client.setQueryData(key, mergeAlert(data, key[queryKey.length] as AlertScope, old, alert))
  }
}

/** The list with the alert in its place, or without it where it does not belong any more. */
function mergeAlert(
  data: InfiniteData<AlertList>,
  scope: AlertScope,
  old: Alert | undefined,
  alert: Alert,
): InfiniteData<AlertList> {
  const open = Number(alert.state === 'open') - Number(old?.state === 'open')
  const active = Number(isActive(alert)) - Number(old !== undefined && isActive(old))
  const known = data.pages.some(page => page.alerts.some(other => other.id === alert.id))
  const belongs = fits(scope, alert)
  const pages = data.pages.map((page, index) => ({
    ...page,
    open: page.open + open,
    active: page.active + active,
    alerts: belongs
      ? known
        ? page.alerts.map(other => (other.id === alert.id ? alert : other))
        : index === 0
          ? inOrder(page.alerts, alert)
          : page.alerts
      : page.alerts.filter(other => other.id !== alert.id),
  }))
  return { ...data, pages }
}

/** Newest first. */
function inOrder(alerts: Alert[], alert: Alert): Alert[] {
  const time = Date.parse(alert.opened_at)
  const place = alerts.findIndex(other => Date.parse(other.opened_at) <= time)
  return place < 0 ? [...alerts, alert] : alerts.toSpliced(place, 0, alert)
}

function isActive({ state }: Alert): boolean {
  return state !== 'resolved'
}

function fits({ state, server }: AlertScope, alert: Alert): boolean {
  if (server && alert.server !== server) return false
  return state === undefined || (state === 'active') === isActive(alert)
}
