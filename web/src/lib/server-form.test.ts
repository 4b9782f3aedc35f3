import { expect, it } from 'vitest'
import { makeConnection, makeServer } from '@/lib/fixtures'
import {
  changeOf,
  duplicateOf,
  editForm,
  emptyServer,
  formOf,
  needsToken,
  serverForm,
  toServerChange,
  toServerIn,
} from '@/lib/server-form'

const filled = {
  ...emptyServer,
  name: 'Frankfurt',
  host: ' pve.example.org ',
  api_token: 'nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427',
}
const fields = (values: object) => serverForm.safeParse(values).error?.issues.map(issue => issue.path[0]) ?? []

it('verifies first, and pins what the person has confirmed', () => {
  const values = serverForm.parse(filled)
  expect(toServerIn(values, null)).toEqual({
    name: 'Frankfurt',
    host: 'pve.example.org',
    port: 8006,
    api_token: filled.api_token,
    tls: { mode: 'verify' },
    use_tailscale: false,
    tailscale_host: null,
    tailscale_port: 8006,
    token_expires_at: null,
    connect_timeout_seconds: 10,
    use_fallbacks: false,
    node_shell: false,
    notes: '',
    is_active: true,
  })
  expect(toServerIn(values, 'AA:BB').tls).toEqual({ mode: 'pin', fingerprint: 'AA:BB' })
})

it('sends what was chosen about the certificate', () => {
  expect(toServerIn(serverForm.parse({ ...filled, trust: 'insecure' }), 'AA').tls).toEqual({ mode: 'insecure' })
  const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----'
  expect(toServerIn(serverForm.parse({ ...filled, trust: 'ca', ca_pem: `${pem}\n` }), null).tls).toEqual({
    mode: 'ca',
    ca_pem: pem,
  })
})

it('takes the brackets off an IPv6 address', () => {
  expect(toServerIn(serverForm.parse({ ...filled, host: '[::1]' }), null).host).toBe('::1')
})

it('names each field that is wrong', () => {
  expect(fields(emptyServer)).toEqual(['name', 'host', 'api_token'])
  expect(fields({ ...filled, port: '0' })).toEqual(['port'])
  expect(fields({ ...filled, port: 'x' })).toEqual(['port'])
  expect(fields({ ...filled, port: '65536' })).toEqual(['port'])
  expect(fields({ ...filled, name: 'x'.repeat(101) })).toEqual(['name'])
  expect(fields({ ...filled, trust: 'ca', ca_pem: 'nothing' })).toEqual(['ca_pem'])
})

it('sends an authority back as it came, else the token would be lost with it', () => {
  const ca_pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n'
  const stored = makeServer({ connection: makeConnection({ tls: { mode: 'ca', ca_pem } }) })
  expect(toServerChange(editForm.parse(formOf(stored)), stored).tls).toEqual({ mode: 'ca', ca_pem })
})

it('knows when the stored token will not be used', () => {
  const stored = makeServer({ connection: makeConnection({ tls: { mode: 'pin', fingerprint: 'AA:BB' } }) })
  const values = formOf(stored)
  expect(needsToken({ ...values, name: 'x', notes: 'y', fingerprint: 'aa:bb' }, stored)).toBeNull()
  expect(needsToken({ ...values, host: 'other.example.org' }, stored)).toBe('place')
  expect(needsToken({ ...values, port: '443' }, stored)).toBe('place')
  expect(needsToken({ ...values, trust: 'insecure' }, stored)).toBe('trust')
  expect(needsToken({ ...values, fingerprint: 'AA:CC' }, stored)).toBe('trust')
  const unchecked = makeServer({ connection: makeConnection({ tls: { mode: 'insecure' } }) })
  expect(needsToken({ ...formOf(unchecked), trust: 'verify' }, unchecked)).toBeNull()
})

it('asks for the token again as soon as the tailnet is a new way', () => {
  const stored = makeServer({ connection: makeConnection({ tailscale_host: 'pve.tail1.ts.net' }) })
  expect(needsToken({ ...formOf(stored), use_tailscale: true }, stored)).toBe('place')
  const both = makeServer({ connection: makeConnection({ use_tailscale: true, tailscale_host: 'pve.tail1.ts.net' }) })
  const values = formOf(both)
  expect(needsToken(values, both)).toBeNull()
  expect(needsToken({ ...values, use_tailscale: false, tailscale_host: 'x' }, both)).toBeNull()
  expect(needsToken({ ...values, tailscale_host: 'pve.tail2.ts.net' }, both)).toBe('place')
  expect(needsToken({ ...values, tailscale_port: '443' }, both)).toBe('place')
})

it('lets the host be empty where the tailnet leads to the server', () => {
  const away = { ...filled, host: '', use_tailscale: true, tailscale_host: 'pve.tail1.ts.net', tailscale_port: '443' }
  expect(fields(away)).toEqual([])
  expect(toServerIn(serverForm.parse(away), null)).toMatchObject({
    host: '',
    use_tailscale: true,
    tailscale_host: 'pve.tail1.ts.net',
    tailscale_port: 443,
  })
  expect(fields({ ...away, tailscale_host: '' })).toEqual(['tailscale_host'])
  expect(fields({ ...away, use_tailscale: false })).toEqual(['host'])
})

it('keeps the exact end of a token that nobody touched', () => {
  const end = '2027-03-01T17:30:00Z'
  const stored = makeServer({ connection: makeConnection({ token_expires_at: end }) })
  expect(changeOf(stored, { is_active: false })).toMatchObject({ token_expires_at: end, is_active: false })
  expect(changeOf(stored, { token_expires_at: '2027-04-01' }).token_expires_at).toBe('2027-04-01T00:00:00.000Z')
  expect(changeOf(stored, { token_expires_at: '' }).token_expires_at).toBeNull()
})

it('makes another server with everything but the token and the certificate', () => {
  const tls = { mode: 'pin', fingerprint: 'AA:BB' } as const
  const stored = makeServer({ notes: 'Rack 7', connection: makeConnection({ tls, node_shell: true, port: 443 }) })
  const like = duplicateOf(stored, 'Frankfurt copy')
  expect(like).toMatchObject({ name: 'Frankfurt copy', port: '443', node_shell: true, notes: 'Rack 7' })
  expect(like).toMatchObject({ trust: 'ask', fingerprint: '', api_token: '' })
})
