import type { AssignmentIn, Guest, GuestList } from '@/lib/api/types'

/** What rights can be given on, as far as the guests that there are know it. */
export type Target = { kind: 'guest'; guest: Guest } | { kind: 'pool' | 'tag'; name: string; server: string | null }

/** Pools or tags with the number of their guests, by name. */
export function namesOf(list: GuestList | undefined, kind: 'pool' | 'tag', server: string | null): Map<string, number> {
  const found = new Map<string, number>()
  for (const guest of list?.guests ?? []) {
    if (guest.template || (server && guest.server.id !== server)) continue
    const names = kind === 'tag' ? guest.tags : guest.pool ? [guest.pool] : []
    for (const name of names) found.set(name, (found.get(name) ?? 0) + 1)
  }
  return new Map([...found].sort(([a], [b]) => a.localeCompare(b)))
}

/** Guests whose name, number or server has the text; the best known ones first. */
export function guestsLike(list: GuestList | undefined, text: string, limit = 30): Guest[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found: Guest[] = []
  for (const guest of list?.guests ?? []) {
    if (guest.template) continue
    const hay = `${guest.name} ${guest.vmid} ${guest.server.name}`.toLowerCase()
    if (words.every(word => hay.includes(word))) found.push(guest)
    if (found.length === limit) break
  }
  return found
}

export function targetIn(target: Target): AssignmentIn['target'] {
  if (target.kind === 'guest') {
    const { server, type, vmid } = target.guest
    return { kind: 'guest', server: server.id, type, vmid }
  }
  return { kind: target.kind, name: target.name, ...(target.server && { server: target.server }) }
}
