import { useQuery } from '@tanstack/react-query'
import { ArrowRight, Eye, Hourglass, SquareTerminal, Star } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useToggleFavourite } from '@/components/favourite-star'
import { actionsOf, type PowerChoice, usePowerReason } from '@/components/power/use-power-action'
import type { Group, Item } from '@/features/palette/items'
import { termsOf } from '@/features/palette/match'
import { favouriteKeys, favouritesQuery } from '@/lib/api/favourite-queries'
import type { Guest, Tenant } from '@/lib/api/types'
import { guestKey } from '@/lib/guest-key'

export type GuestDoing = {
  onPage: (guest: Guest) => void
  onConsole: (guest: Guest, viewOnly: boolean) => void
  onPower: (guest: Guest, choice: PowerChoice) => void
}

/** What can be done with one guest: go there, its console, power, mark it. */
export function useGuestGroups(tenant: Tenant, guest: Guest | null, text: string, doing: GuestDoing): Group[] {
  const { t } = useTranslation()
  const reason = usePowerReason()
  const toggle = useToggleFavourite(tenant.id)
  const marked = useQuery({
    ...favouritesQuery(tenant.id),
    select: guests => guest !== null && favouriteKeys(guests).has(guestKey(guest)),
  }).data
  if (!guest) return []
  const command = (id: string, label: string, icon: ReactNode, run: () => void): Item => ({
    kind: 'command',
    id,
    command: { id, label, icon, run },
  })
  const go: Item[] = [command('page', t('palette.go_guest'), <ArrowRight aria-hidden />, () => doing.onPage(guest))]
  if (guest.may.console) {
    go.push(
      command('console', t('guest.open_console'), <SquareTerminal aria-hidden />, () => doing.onConsole(guest, false)),
    )
  }
  if (guest.may.watch) {
    go.push(command('watch', t('guest.open_view_only'), <Eye aria-hidden />, () => doing.onConsole(guest, true)))
  }
  const acts = actionsOf(guest).flatMap((action): Item[] => {
    const why = reason(guest, action)
    const act: Item = { kind: 'act', id: action, guest, action, reason: why, named: false }
    if (action !== 'shutdown' || why) return [act]
    const within = () => doing.onPower(guest, 'shutdown_within')
    return [act, command('within', t('power.shutdown_within'), <Hourglass aria-hidden />, within)]
  })
  acts.sort((a, b) => Number(blocked(a)) - Number(blocked(b)))
  const star = command('star', t(marked ? 'palette.unmark' : 'palette.mark'), <Star aria-hidden />, () =>
    toggle(guest, !marked),
  )
  const terms = termsOf(text)
  const fits = (item: Item) => {
    const label = item.kind === 'act' ? t(`action.${item.action}`) : item.kind === 'command' ? item.command.label : ''
    return terms.every(term => label.toLowerCase().includes(term))
  }
  return [
    { id: 'go', title: t('palette.open'), items: go.filter(fits) },
    { id: 'power', title: t('power.menu'), items: guest.may.power ? acts.filter(fits) : [] },
    { id: 'more', title: t('palette.more_actions'), items: [star].filter(fits) },
  ].filter(group => group.items.length > 0)
}

const blocked = (item: Item) => item.kind === 'act' && item.reason !== undefined
