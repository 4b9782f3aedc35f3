import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { actionsOf, usePowerReason } from '@/components/power/use-power-action'
import type { Command, Group, Item } from '@/features/palette/items'
import { type Candidate, type Found, findBest, verbOf } from '@/features/palette/match'
import { favouritesQuery, recentGuestsQuery } from '@/lib/api/favourite-queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Action, Guest, Tenant } from '@/lib/api/types'
import { guestKey, keyOf } from '@/lib/guest-key'

const ACTIONS: Action[] = ['start', 'shutdown', 'stop', 'reboot', 'reset', 'suspend', 'resume']
const GUESTS = 30
const ACTS = 12
const FIRST = 6
const COMMANDS = 12

/** What the palette offers for a text: nothing typed yet, a name, or a verb and a name. */
export function useGroups(tenant: Tenant, text: string, pages: Command[], servers: Command[]) {
  const { t } = useTranslation()
  const reason = usePowerReason()
  const query = useQuery(guestsQuery(tenant.id))
  const favourites = useQuery(favouritesQuery(tenant.id)).data
  const recents = useQuery(recentGuestsQuery(tenant.id)).data
  const guests = query.data?.guests
  const known = useMemo(() => candidatesOf(guests ?? []), [guests])
  const first = useMemo(() => {
    const at = new Map((guests ?? []).map(guest => [guestKey(guest), guest]))
    const marked = (favourites ?? []).flatMap(ref => at.get(keyOf(ref)) ?? [])
    const used = (recents ?? []).flatMap(recent => at.get(keyOf(recent.guest)) ?? [])
    return { marked, used: used.filter(guest => !marked.includes(guest)) }
  }, [guests, favourites, recents])
  const candidates = useMemo(() => boosted(known, first.marked, first.used), [known, first])
  const words = useMemo(
    () => ACTIONS.map(action => ({ action, words: [action, ...t(`action.${action}`).toLowerCase().split(' ')] })),
    [t],
  )
  const groups = useMemo(() => {
    if (text.trim() === '') {
      return tidy([
        { id: 'favourites', title: t('palette.favourites'), items: first.marked.slice(0, FIRST).map(guestItem) },
        { id: 'recent', title: t('palette.recent'), items: first.used.slice(0, FIRST).map(guestItem) },
        { id: 'pages', title: t('palette.pages'), items: pages.map(commandItem) },
      ])
    }
    const found = findBest(candidates, text, GUESTS)
    const guestGroup: Ranked = {
      id: 'guests',
      title: t('guests.title'),
      items: found.best.map(({ value }) => guestItem(value)),
      more: found.total - found.best.length,
      tier: bestOf(found.best),
    }
    const verb = verbOf(text, words)
    const acts: Item[] = []
    if (verb) {
      const those = verb.rest === '' ? [...first.marked, ...first.used] : valuesOf(candidates, verb.rest)
      for (const guest of those) {
        if (!guest.may.power) continue
        for (const action of actionsOf(guest)) {
          if (!verb.actions.includes(action)) continue
          acts.push({
            kind: 'act',
            id: `${action} ${guestKey(guest)}`,
            guest,
            action,
            reason: reason(guest, action),
            named: true,
          })
        }
      }
      // What can be done stands before what cannot.
      acts.sort((a, b) => Number(isBlocked(a)) - Number(isBlocked(b)))
    }
    const act: Ranked = { id: 'actions', title: t('palette.actions'), items: acts.slice(0, ACTS), tier: 0.9 }
    const ranked = [act, guestGroup, commandGroup('pages', t('palette.pages'), pages, text)]
    ranked.push(commandGroup('servers', t('servers.title'), servers, text))
    return tidy(ranked.sort((a, b) => a.tier - b.tier))
  }, [text, candidates, first, pages, servers, words, reason, t])
  return { groups, query }
}

type Ranked = Group & { tier: number }

const guestItem = (guest: Guest): Item => ({ kind: 'guest', id: guestKey(guest), guest })
const commandItem = (command: Command): Item => ({ kind: 'command', id: command.id, command })
const isBlocked = (item: Item) => item.kind === 'act' && item.reason !== undefined

function tidy(groups: Group[]): Group[] {
  return groups.filter(group => group.items.length > 0)
}

function bestOf(found: Found<unknown>[]): number {
  return found[0]?.tier ?? Number.POSITIVE_INFINITY
}

function valuesOf(candidates: Candidate<Guest>[], text: string): Guest[] {
  return findBest(candidates, text, ACTS).best.map(({ value }) => value)
}

function commandGroup(id: string, title: string, commands: Command[], text: string): Ranked {
  const all = commands.map(command => ({ value: command, name: command.label.toLowerCase(), words: [], boost: 0 }))
  const { best } = findBest(all, text, COMMANDS)
  // Among equals guests come first: there are more of them to look for.
  return { id, title, items: best.map(({ value }) => commandItem(value)), tier: bestOf(best) + 0.1 }
}

function candidatesOf(guests: Guest[]): Candidate<Guest>[] {
  const order = new Intl.Collator(undefined, { numeric: true })
  return guests
    .toSorted((a, b) => Number(a.template) - Number(b.template) || order.compare(a.name, b.name))
    .map(guest => ({
      value: guest,
      name: guest.name.toLowerCase(),
      id: String(guest.vmid),
      words: [guest.server.name.toLowerCase(), ...guest.tags.map(tag => tag.toLowerCase())],
      boost: 0,
    }))
}

function boosted(known: Candidate<Guest>[], marked: Guest[], used: Guest[]): Candidate<Guest>[] {
  const boost = new Map<Guest, number>()
  for (const guest of used) boost.set(guest, 1)
  for (const guest of marked) boost.set(guest, 2)
  if (boost.size === 0) return known
  return known.map(one => {
    const value = boost.get(one.value)
    return value === undefined ? one : { ...one, boost: value }
  })
}
