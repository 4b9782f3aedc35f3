import { describe, expect, it } from 'vitest'
import { consoleUrl, safeNext, socketUrl } from '@/lib/paths'

const guest = { server: 'abc', type: 'qemu', vmid: 100 } as const

it('builds addresses', () => {
  expect(consoleUrl('acme', guest)).toBe('/t/acme/console/abc/qemu/100')
  expect(consoleUrl('acme', guest, true)).toBe('/t/acme/console/abc/qemu/100?view_only=1')
  expect(socketUrl('/api/v1/console/x', 'https://nexus.example.org')).toBe('wss://nexus.example.org/api/v1/console/x')
  expect(socketUrl('/api/v1/console/x', 'http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080/api/v1/console/x')
})

describe('the place to go to after sign-in', () => {
  it('stays on this site', () => {
    expect(safeNext('/t/acme/guests?q=web')).toBe('/t/acme/guests?q=web')
    expect(safeNext('/invite')).toBe('/invite')
    expect(safeNext('/t/reset')).toBe('/t/reset')
  })

  it.each([
    undefined,
    '',
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/sign-in',
    '/set-up',
    '/forgot',
    '/reset',
  ])('%s leads to the start page', next => expect(safeNext(next)).toBe('/'))
})
