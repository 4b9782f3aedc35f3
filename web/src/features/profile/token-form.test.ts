import { describe, expect, it } from 'vitest'
import { type Example, exampleOf } from '@/features/profile/token-examples'
import { newToken, type TokenForm, tokenForm, tokenOf } from '@/features/profile/token-form'
import type { NewApiToken } from '@/lib/api/types'

const fits = (values: Partial<TokenForm>) => tokenForm.safeParse({ ...newToken, name: 'ci', ...values }).success

describe('the form of a token', () => {
  it('takes names as Proxmox VE does', () => {
    for (const name of ['a', 'ci', 'Backup-2.nightly_job', `a${'b'.repeat(63)}`])
      expect([name, fits({ name })]).toEqual([name, true])
    for (const name of ['', '1a', '-a', 'a b', 'ä', 'a!b', `a${'b'.repeat(64)}`])
      expect([name, fits({ name })]).toEqual([name, false])
  })

  it('wants a scope, and days that Nexus gives', () => {
    expect(fits({ scopes: [] })).toBe(false)
    for (const days of ['1', '366']) expect(fits({ expires: 'own', days })).toBe(true)
    for (const days of ['', '0', '367', '1.5', '-1', 'x']) expect(fits({ expires: 'own', days })).toBe(false)
    expect(fits({ expires: '30', days: 'x' })).toBe(true)
  })

  it('sends what was chosen', () => {
    const form: TokenForm = { ...newToken, name: 'ci', scopes: ['manage', 'read'], tenant: 't', server: 's' }
    expect(tokenOf(form)).toEqual({
      name: 'ci',
      scopes: ['read', 'manage'],
      tenant: 't',
      server: 's',
      expires_in_days: 90,
    })
    expect(tokenOf({ ...form, tenant: '', expires: 'own', days: '5' })).toMatchObject({
      tenant: null,
      server: null,
      expires_in_days: 5,
    })
  })
})

describe('examples', () => {
  const made: NewApiToken = {
    token: {
      id: 'i',
      name: 'ci',
      pve_id: '0192f0aa7c3e@nexus!ci',
      scopes: ['read'],
      tenant: null,
      server: null,
      created_at: '2026-01-01T00:00:00Z',
      expires_at: '2026-02-01T00:00:00Z',
      used_at: null,
      used_address: null,
    },
    secret: 'S',
    pve_header: 'PVEAPIToken=0192f0aa7c3e@nexus!ci=S',
    bearer: 'Bearer S',
  }
  const limited = { ...made, token: { ...made.token, server: { id: 's', name: 'Frankfurt' } } }
  const at = (example: Example, token = made, origin = 'https://nexus.example.org') => exampleOf(example, token, origin)

  it('go through the gateway of one server', () => {
    expect(at('curl')).toContain('https://nexus.example.org/pve/SERVER-ID/api2/json/')
    expect(at('curl', limited)).toContain('https://nexus.example.org/api2/json/')
    expect(at('terraform')).toContain('"https://nexus.example.org/pve/SERVER-ID/"')
    expect(at('terraform', limited)).toContain('"0192f0aa7c3e@nexus!ci=S"')
    expect(at('proxmoxer')).toContain('"nexus.example.org", port=443, path_prefix="pve/SERVER-ID",')
    expect(at('proxmoxer', limited, 'http://localhost:8080')).toContain('"localhost", port=8080,\n')
  })

  it('have all that signs in', () => {
    for (const example of ['curl', 'terraform', 'proxmoxer', 'ansible', 'nexus'] as const)
      expect(at(example)).toMatch(/\bS\b/)
    expect(at('nexus')).toContain("'Authorization: Bearer S'")
  })
})
