import { useQuery } from '@tanstack/react-query'
import { useToggleFavourite } from '@/components/favourite-star'
import { favouriteKeys, favouritesQuery } from '@/lib/api/favourite-queries'
import type { Guest } from '@/lib/api/types'
import { guestKey, refOf } from '@/lib/guest-key'
import type { GuestTab } from '@/lib/guest-tabs'
import { openConsole } from '@/lib/paths'
import { useShortcuts } from '@/lib/shortcuts'

type KeysOptions = {
  tenant: string
  slug: string
  guest: Guest
  tabs: GuestTab[]
  onTab: (tab: GuestTab) => void
}

/** The keys of a guest's page: the same as in the list where they mean the same. */
export function useGuestKeys({ tenant, slug, guest, tabs, onTab }: KeysOptions): void {
  const { data: on } = useQuery({
    ...favouritesQuery(tenant),
    select: guests => favouriteKeys(guests).has(guestKey(guest)),
  })
  const toggle = useToggleFavourite(tenant)
  useShortcuts('help.page', [
    {
      // Digits are where every keyboard has them; brackets are not.
      keys: tabs.map((_, index) => String(index + 1)),
      text: 'guest_page.key_tab',
      run: event => {
        const tab = tabs[Number(event.key) - 1]
        if (tab) onTab(tab)
      },
    },
    {
      keys: ['o'],
      text: 'help.open',
      run: () => {
        if (guest.may.console || guest.may.watch) openConsole(slug, refOf(guest), !guest.may.console)
      },
    },
    { keys: ['f'], text: 'help.favourite', run: () => toggle(guest, !on) },
  ])
}
