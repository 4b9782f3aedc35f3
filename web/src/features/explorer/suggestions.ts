import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Values } from '@/features/explorer/form'
import type { Suggestion } from '@/features/explorer/param-field'
import { statsQuery } from '@/lib/api/live-queries'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, PveCall } from '@/lib/api/types'

const NONE: readonly Suggestion[] = []
const NODES = ['node', 'target', 'target-node', 'targetnode']

/** What is known of a server and fits into a field: its nodes, guests and storages, and what was typed there before. */
export function useSuggestions(tenant: string, server: string, path: string, calls: readonly PveCall[] | undefined) {
  const guests = useQuery({ ...guestsQuery(tenant), select: list => list.guests }).data
  const stats = useQuery(statsQuery(tenant)).data
  const here = useMemo(() => guests?.filter(guest => guest.server.id === server) ?? [], [guests, server])
  const nodes = useMemo(() => {
    const known = stats?.node_list.filter(node => node.server === server).map(node => node.name) ?? []
    return unique([...known, ...here.flatMap(guest => guest.node ?? [])]).sort()
  }, [stats, here, server])
  const storages = unique(stats?.storage_list.filter(one => one.server === server).map(one => one.name) ?? [])
  const suggest = (name: string, values: Values): readonly Suggestion[] => {
    if (NODES.includes(name)) return nodes.map(value => ({ value }))
    if (name === 'vmid') return guestsFor(here, path, values.node)
    if (name === 'storage') return storages.map(value => ({ value }))
    if (name === 'pool' || name === 'poolid')
      return unique(here.flatMap(one => one.pool ?? [])).map(value => ({ value }))
    const before = calls?.flatMap(call => call.params.filter(one => one.name === name).map(one => one.value)) ?? []
    const usable = unique(before).filter(value => value !== '' && value.length <= 100 && !value.startsWith('***'))
    return usable.length > 0 ? usable.map(value => ({ value })) : NONE
  }
  return { suggest, guests: here }
}

const unique = (values: string[]): string[] => [...new Set(values)]

/** The guests of the kind that the path is about, those of the node first. */
function guestsFor(guests: readonly Guest[], path: string, node: string | undefined): Suggestion[] {
  const kind = path.includes('/lxc/') ? 'lxc' : path.includes('/qemu/') ? 'qemu' : null
  const fitting = guests.filter(guest => kind === null || guest.type === kind)
  const onNode = (guest: Guest) => Number(guest.node === node)
  return [...fitting]
    .sort((a, b) => onNode(b) - onNode(a) || a.vmid - b.vmid)
    .map(guest => ({ value: String(guest.vmid), detail: [guest.name, guest.node].filter(Boolean).join(' · ') }))
}
