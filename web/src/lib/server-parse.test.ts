import { describe, expect, it } from 'vitest'
import { formatToken, isHost, parsePlace, parseToken, splitRemedy } from '@/lib/server-parse'

describe('an address that is pasted', () => {
  it.each([
    ['https://pve.example.org:8006/#v1:0:18', { host: 'pve.example.org', port: 8006 }],
    ['https://pve.example.org', { host: 'pve.example.org', port: null }],
    ['https://pve.example.org:443/', { host: 'pve.example.org', port: 443 }],
    [' 10.0.0.5:8006 ', { host: '10.0.0.5', port: 8006 }],
    ['https://[2001:db8::1]:8006', { host: '2001:db8::1', port: 8006 }],
    ['[2001:db8::1]:8006', { host: '2001:db8::1', port: 8006 }],
  ])('%s is taken apart', (text, place) => {
    expect(parsePlace(text)).toEqual(place)
  })

  it.each(['pve.example.org', '10.0.0.5', '2001:db8::1', '', 'two words', 'https://'])(
    '"%s" is left as it is',
    text => {
      expect(parsePlace(text)).toBeNull()
    },
  )
})

describe('hosts', () => {
  it.each(['pve', 'pve.example.org', 'PVE-1.local.', '10.0.0.5', '2001:db8::1', '[::1]', 'xn--bcher-kva.example'])(
    '%s is one',
    host => {
      expect(isHost(host)).toBe(true)
    },
  )

  it.each([
    '',
    'a b',
    '-pve',
    'pve-.org',
    '300.1.1.1',
    '1.2.3',
    '1.2.3.4.',
    '::g',
    'a..b',
    'a/b',
    'user@host',
    'x'.repeat(64),
  ])('"%s" is none', host => {
    expect(isHost(host)).toBe(false)
  })
})

describe('a token that is pasted', () => {
  const token = { id: 'nexus@pve!broker', secret: '1b4e28ba-2fa1-11d2-883f-0016d3cca427' }

  it.each([
    'nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427',
    'PVEAPIToken=nexus@pve!broker=1B4E28BA-2FA1-11D2-883F-0016D3CCA427',
    'Authorization: PVEAPIToken=nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427',
    '│ full-tokenid │ nexus@pve!broker                     │\n│ value        │ 1b4e28ba-2fa1-11d2-883f-0016d3cca427 │',
  ])('is found in %j', text => {
    expect(parseToken(text)).toEqual(token)
  })

  it('needs both parts', () => {
    expect(parseToken('nexus@pve!broker')).toBeNull()
    expect(parseToken('1b4e28ba-2fa1-11d2-883f-0016d3cca427')).toBeNull()
  })

  it('is sent as PVE writes it', () => {
    expect(formatToken(token)).toBe('nexus@pve!broker=1b4e28ba-2fa1-11d2-883f-0016d3cca427')
  })
})

describe('a remedy', () => {
  // A `$` marks a command.
  it.each([
    [
      'Check the port, and on the node: systemctl status pveproxy',
      ['Check the port, and on the node:', '$systemctl status pveproxy'],
    ],
    [
      'Renew it with: pvecm updatecerts --force. Or trust it.',
      ['Renew it with:', '$pvecm updatecerts --force', 'Or trust it.'],
    ],
    [
      'As root:\npveum role add Nexus --privs "VM.Audit"\npvenode cert info',
      ['As root:', '$pveum role add Nexus --privs "VM.Audit"', '$pvenode cert info'],
    ],
    ['Run `pvenode cert info` there.', ['Run', '$pvenode cert info', 'there.']],
    ['Check the spelling.', ['Check the spelling.']],
  ])('%j shows its commands apart', (text, expected) => {
    expect(splitRemedy(text).map(part => (part.command ? `$${part.text}` : part.text))).toEqual(expected)
  })
})
