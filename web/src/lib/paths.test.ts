import { describe, expect, it } from 'vitest'
import { consoleUrl, isSignIn, safeNext, signInPlace, socketUrl } from '@/lib/paths'

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
    expect(safeNext('/t/sign-in')).toBe('/t/sign-in')
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
    '/t/acme/sign-in?next=%2Ft%2Facme',
  ])('%s leads to the start page', next => expect(safeNext(next)).toBe('/'))
})

describe('where one signs in', () => {
  it("is the tenant's page for what is a tenant's", () => {
    expect(signInPlace('/t/acme/guests?q=web')).toEqual({
      to: '/t/$slug/sign-in',
      params: { slug: 'acme' },
      search: { next: '/t/acme/guests?q=web' },
    })
    expect(signInPlace('/t/acme')).toMatchObject({ params: { slug: 'acme' } })
    expect(signInPlace('/t/%E0%A4%A')).toMatchObject({ params: { slug: '%E0%A4%A' } })
  })

  it('is the common one for all else', () => {
    expect(signInPlace('/profile')).toEqual({ to: '/sign-in', search: { next: '/profile' } })
    expect(signInPlace('/tasks/acme')).toMatchObject({ to: '/sign-in' })
  })
})

it('knows where one signs in', () => {
  expect(['/sign-in', '/t/acme/sign-in', '/t/acme/sign-in/'].every(isSignIn)).toBe(true)
  expect(['/t/sign-in', '/t/acme/guests', '/sign-in-not', '/x/acme/sign-in'].some(isSignIn)).toBe(false)
})
