import { Page } from '@/components/page'
import type { GuestSearch } from '@/features/guest/view'
import type { GuestRef, Tenant } from '@/lib/api/types'

type GuestPageProps = {
  tenant: Tenant
  slug: string
  guest: GuestRef
  search: GuestSearch
  onSearch: (change: GuestSearch) => void
}

/** One guest with all that belongs to it. */
export function GuestPage({ guest }: GuestPageProps) {
  return <Page title={String(guest.vmid)}>{null}</Page>
}
