import { expect, it } from 'vitest'
import {
  editForm,
  emptyServer,
  formOf,
  needsToken,
  serverForm,
  toServerChange,
  toServerIn,
} from '@/features/servers/form'
import { makeConnection, makeServer } from '@/lib/fixtures'

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
  expect(needsToken({ ...values, name: 'x', notes: 'y', fingerprint: 'aa:bb' }, stored)).toBe(false)
  expect(needsToken({ ...values, host: 'other.example.org' }, stored)).toBe(true)
  expect(needsToken({ ...values, port: '443' }, stored)).toBe(true)
  expect(needsToken({ ...values, trust: 'insecure' }, stored)).toBe(true)
  expect(needsToken({ ...values, fingerprint: 'AA:CC' }, stored)).toBe(true)
  const unchecked = makeServer({ connection: makeConnection({ tls: { mode: 'insecure' } }) })
  expect(needsToken({ ...formOf(unchecked), trust: 'verify' }, unchecked)).toBe(false)
})
