import { expect, it } from 'vitest'
import { emptyServer, serverForm, toServerIn } from '@/features/servers/form'

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
