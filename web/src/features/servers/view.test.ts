import { expect, it } from 'vitest'
import {
  addressesOf,
  filterServers,
  formatSort,
  nextSort,
  parseSort,
  sortServers,
  successOf,
  tokenDaysLeft,
} from '@/features/servers/view'
import { makeConnection, makeHealth, makeServer } from '@/lib/fixtures'

const guests = (running: number) => ({ running, stopped: 0, other: 0 })
const alpha = makeServer({ id: 'a', name: 'Site 2', guests: guests(3), data_at: '2026-01-01T00:00:05Z' })
const beta = makeServer({ id: 'b', name: 'Site 10', status: 'offline', guests: guests(9), notes: 'Rack 7' })
const off = makeServer({ id: 'c', name: 'Old', is_active: false, guests: guests(0), data_at: null })
const given = makeServer({ id: 'd', name: 'Shared', origin: 'provided', connection: null, health: null })
const all = [beta, given, off, alpha]
const ids = (servers: { id: string }[]) => servers.map(server => server.id).join('')
const any = { q: '', status: undefined, origin: undefined }

it('finds every word somewhere in the row', () => {
  expect(ids(filterServers(all, { ...any, q: 'site RACK' }))).toBe('b')
  expect(ids(filterServers(all, { ...any, q: 'pve.example.org:8006' }))).toBe('bca')
  expect(ids(filterServers(all, { ...any, q: 'nobody' }))).toBe('')
})

it('narrows by state and origin; what is switched off has no other state', () => {
  expect(ids(filterServers(all, { ...any, status: 'online' }))).toBe('da')
  expect(ids(filterServers(all, { ...any, status: 'inactive' }))).toBe('c')
  expect(ids(filterServers(all, { ...any, origin: 'provided' }))).toBe('d')
})

it('sorts numbers in names as numbers, and trouble first', () => {
  const by = (sort: string) => ids(sortServers(all, parseSort(sort)))
  expect(by('name')).toBe('cdab')
  expect(by('-name')).toBe('badc')
  expect(by('status')).toBe('bdac')
  expect(by('-guests')).toBe('badc')
  expect(by('data')[0]).toBe('a')
  expect(by('data').at(-1)).toBe('c')
})

it('turns an order round on the second click, and starts numbers with the greatest', () => {
  const first = nextSort(parseSort(undefined), 'guests')
  expect(formatSort(first)).toBe('-guests')
  expect(formatSort(nextSort(first, 'guests'))).toBe('guests')
  expect(formatSort(parseSort('-nonsense'))).toBe('name')
})

it('writes an address for each way', () => {
  const connection = makeConnection({ host: '2001:db8::1', use_tailscale: true, tailscale_host: 'pve.ts.net' })
  expect(addressesOf(makeServer({ connection }))).toEqual(['[2001:db8::1]:8006', 'pve.ts.net:8006'])
  expect(addressesOf(makeServer({ connection: { ...connection, host: null } }))).toEqual(['pve.ts.net:8006'])
  expect(addressesOf(given)).toEqual([])
})

it('knows the share of checks that passed, once there were any', () => {
  expect(successOf(makeHealth({ checks: 20, failed: 5 }))).toBe(0.75)
  expect(successOf(makeHealth({ checks: 0 }))).toBeNull()
  expect(successOf(null)).toBeNull()
})

it('counts the days of a token only when they are few', () => {
  const now = Date.parse('2026-05-01T12:00:00Z')
  expect(tokenDaysLeft(null, now)).toBeNull()
  expect(tokenDaysLeft('2026-06-01T00:00:00Z', now)).toBeNull()
  expect(tokenDaysLeft('2026-05-10T00:00:00Z', now)).toBe(9)
  expect(tokenDaysLeft('2026-05-01T13:00:00Z', now)).toBe(1)
  expect(tokenDaysLeft('2026-04-30T00:00:00Z', now)).toBe(0)
})
