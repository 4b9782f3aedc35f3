import { expect, it } from 'vitest'
import { dataTime, filterNodes, guestsOfNode, shareOf, sortNodes, sortStorages } from '@/features/dashboard/view'
import type { StorageStats } from '@/lib/api/types'
import { makeNode, makeStats } from '@/lib/fixtures'

const names = (rows: { name: string }[]) => rows.map(row => row.name).join(' ')

it('shows trouble first, and never moves a node for its load', () => {
  const nodes = [
    makeNode({ name: 'n10', cpu: 0.99 }),
    makeNode({ name: 'n2', cpu: 0.1 }),
    makeNode({ name: 'away', status: 'unknown', cpu: null }),
    makeNode({ name: 'down', status: 'offline', cpu: null }),
  ]
  expect(names(sortNodes(nodes))).toBe('down away n2 n10')
  expect(names(filterNodes(nodes, 'broken'))).toBe('away down')
  expect(names(filterNodes(nodes, 'busy'))).toBe('n10')
  expect(filterNodes(nodes, undefined)).toBe(nodes)
})

it('calls a node busy by its memory too, but not by what it used before it went away', () => {
  const full = { memory_bytes: 90, max_memory_bytes: 100, cpu: 0 }
  expect(filterNodes([makeNode(full)], 'busy')).toHaveLength(1)
  expect(filterNodes([makeNode({ ...full, status: 'offline' })], 'busy')).toHaveLength(0)
})

it('shows the fullest storage first, and that of servers that are missing last', () => {
  const make = (name: string, used: number, values: Partial<StorageStats> = {}): StorageStats => ({
    server: 's',
    server_name: 'Frankfurt',
    name,
    node: 'fra-1',
    shared: false,
    available: true,
    plugin: 'dir',
    used_bytes: used,
    total_bytes: 100,
    ...values,
  })
  const storages = [
    make('half', 50),
    make('gone', 99, { server: 'lost', available: false }),
    make('full', 98),
    make('broken', 1, { available: false }),
  ]
  expect(names(sortStorages(storages, [{ id: 'lost' }]))).toBe('broken full half gone')
})

it('takes the time of what still comes in', () => {
  const node_list = [
    makeNode({ server: 'lost', data_at: '2026-01-01T00:00:00Z' }),
    makeNode({ data_at: '2026-01-01T02:00:09Z' }),
    makeNode({ data_at: '2026-01-01T02:00:01Z' }),
  ]
  const missing = [{ id: 'lost', name: 'Lost', status: 'offline' as const, tailscale: false }]
  expect(dataTime(makeStats({ node_list, missing }))).toBe('2026-01-01T02:00:01Z')
  expect(dataTime(makeStats({ node_list: [] }))).toBe('2026-01-01T00:00:00Z')
  expect(dataTime(makeStats({ node_list: [], data_at: null }))).toBeNull()
})

it('writes the filter of the guests of a node', () => {
  expect(guestsOfNode(makeNode({ server_name: 'Site 7' }))).toBe('server:"=Site 7" node:=fra-1')
})

it('has no share of nothing', () => {
  expect(shareOf({ used: 0, total: 0 })).toBeNull()
  expect(shareOf({ used: 1, total: 4 })).toBe(0.25)
})
