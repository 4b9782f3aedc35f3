import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { BulkAction, BulkActionDetail, BulkActionList, BulkGuest } from '@/lib/api/types'
import { keyOf } from '@/lib/guest-key'

type Lists = InfiniteData<BulkActionList>

const isOver = ({ state }: BulkAction) => state === 'done' || state === 'stopped'

/** Where an answer and an event crossed, the later one counts: what is over does not go on. */
function newer(known: BulkAction, fresh: BulkAction): BulkAction {
  if (isOver(known) && !isOver(fresh)) return known
  return known.counts.waiting < fresh.counts.waiting ? known : fresh
}

/** The list with the action in its place, or on top when it is new. */
export function mergeBulk(data: Lists, bulk: BulkAction): Lists {
  const known = data.pages.some(page => page.bulks.some(other => other.id === bulk.id))
  const pages = data.pages.map((page, index) => {
    if (known) return { ...page, bulks: page.bulks.map(old => (old.id === bulk.id ? newer(old, bulk) : old)) }
    return index === 0 ? { ...page, bulks: [bulk, ...page.bulks] } : page
  })
  return { ...data, pages }
}

/** The action with those of its guests replaced that have changed. */
export function mergeBulkGuests(data: BulkActionDetail, bulk: BulkAction, changed: BulkGuest[]): BulkActionDetail {
  const fresh = new Map(changed.map(guest => [keyOf(guest.guest), guest]))
  const guests = data.guests.map(guest => {
    const next = fresh.get(keyOf(guest.guest))
    return next && !(guest.ended_at && !next.ended_at) ? next : guest
  })
  return { bulk: newer(data.bulk, bulk), guests }
}

/** Brings what an event says of an action on many guests into all that is known of it. */
export function applyBulk(client: QueryClient, tenant: string, bulk: BulkAction, changed: BulkGuest[]): void {
  client.setQueryData<Lists>(keys.bulks(tenant), data => data && mergeBulk(data, bulk))
  client.setQueryData<BulkActionDetail>(
    keys.bulk(tenant, bulk.id),
    data => data && mergeBulkGuests(data, bulk, changed),
  )
}
