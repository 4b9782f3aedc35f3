import { describe, expect, it } from 'vitest'
import {
  compileFilter,
  filterProblems,
  formatFilter,
  formatTerm,
  hasTerm,
  onlyThis,
  parseFilter,
  toggleTerm,
} from '@/features/guests/filter'
import { makeGuest } from '@/lib/fixtures'
import { guestKey } from '@/lib/guest-key'

const guests = [
  makeGuest({ vmid: 100, name: 'web-01', lock: 'backup', ha_state: 'started' }),
  makeGuest({ vmid: 101, name: 'web-02', status: 'stopped', tags: ['web', 'staging'], ha_state: 'error' }),
  makeGuest({
    vmid: 205,
    name: 'dns',
    type: 'lxc',
    tags: ['net'],
    node: 'office',
    server: { id: 'o', name: 'Main "Office", 2nd' },
    pool: null,
  }),
  makeGuest({ vmid: 900, name: 'debian', template: true, tags: [], status: 'stopped', pool: 'production/images' }),
]
const favourites = new Set([guests[1], guests[3]].flatMap(guest => (guest ? [guestKey(guest)] : [])))

const names = (text: string) => guests.filter(compileFilter(text, favourites)).map(guest => guest.name)

describe('the filter line', () => {
  it.each([
    ['', ['web-01', 'web-02', 'dns']],
    ['web', ['web-01', 'web-02']],
    ['WEB 02', ['web-02']],
    ['status:running', ['web-01', 'dns']],
    ['status:running status:stopped', ['web-01', 'web-02', 'dns']],
    ['status:running,stopped', ['web-01', 'web-02', 'dns']],
    ['state:run', ['web-01', 'dns']],
    ['status:running type:ct', ['dns']],
    ['type:vm', ['web-01', 'web-02']],
    ['type:vm,container', ['web-01', 'web-02', 'dns']],
    ['tag:web -tag:staging', ['web-01']],
    ['tag:web tag:staging', ['web-02']],
    ['tag:net,staging', ['web-02', 'dns']],
    ['-tag:net,staging', ['web-01']],
    ['tag:stag', []],
    ['tag:stag*', ['web-02']],
    ['-web', ['dns']],
    ['vmid:10', ['web-01', 'web-02']],
    ['vmid:101-205', ['web-02', 'dns']],
    ['vmid:101-', ['web-02', 'dns']],
    ['10', ['web-01', 'web-02']],
    ['server:"main \\"office\\", 2nd"', ['dns']],
    ['server:main', ['dns']],
    ['node:office', ['dns']],
    ['name:=web', []],
    ['name:=WEB-01,=dns', ['web-01', 'dns']],
    ['pool:production', ['web-01', 'web-02']],
    ['pool:production is:template', ['debian']],
    ['name:dns', ['dns']],
    ['name:web-*', ['web-01', 'web-02']],
    ['name:*01', ['web-01']],
    ['name:w.b', []],
    ['is:favourite', ['web-02']],
    ['is:fav', ['web-02']],
    ['-is:favorite', ['web-01', 'dns']],
    ['is:template', ['debian']],
    ['is:template,favourite', ['web-02', 'debian']],
    ['is:template is:favourite', ['debian']],
    ['template:yes', ['debian']],
    ['template:no', ['web-01', 'web-02', 'dns']],
    ['has:lock', ['web-01']],
    ['lock:backup', ['web-01']],
    ['has:ha -ha:error', ['web-01']],
    ['-has:pool', ['dns']],
    ['status:', ['web-01', 'web-02', 'dns']],
    ['tag:web,', ['web-01', 'web-02']],
    ['Status:Running', ['web-01', 'dns']],
    ['status:nonsense', []],
    ['nothing', []],
  ])('"%s" shows %j', (text, expected) => {
    expect(names(text)).toEqual(expected)
  })

  it('takes unknown fields and stray signs for text', () => {
    expect(parseFilter('https://a:b')).toEqual([{ field: null, values: ['https://a:b'], not: false }])
    expect(parseFilter('tag:"not closed')).toEqual([{ field: 'tag', values: ['not closed'], not: false }])
    expect(parseFilter('-')).toEqual([{ field: null, values: ['-'], not: false }])
    expect(parseFilter(' : " ')).toHaveLength(1)
  })

  it('writes terms as they are read', () => {
    for (const text of [
      'status:running',
      '-tag:"two words"',
      'web',
      '"two words"',
      'tag:a,"b,c",d',
      '"-x"',
      '"tag:x"',
    ]) {
      expect(formatFilter(parseFilter(text))).toBe(text)
    }
  })

  it('keeps every value that PVE or a person may give', () => {
    const values = ['a"b', 'a\\', '\\"', ',', ' ', 'ä ö', '-', '"', 'status:', 'a:b', "o'neil", '*', 'x,y z"\\']
    for (const value of values) {
      for (const field of ['server', null] as const) {
        for (const not of [false, true]) {
          const term = { field, values: [value], not }
          expect(parseFilter(formatTerm(term))).toEqual([term])
        }
      }
    }
  })

  it('turns a value on and off, and leaves the rest alone', () => {
    const once = toggleTerm('web -tag:old', 'status', 'running')
    expect(once).toBe('web -tag:old status:running')
    expect(hasTerm(once, 'status', 'Running')).toBe(true)
    expect(toggleTerm(once, 'status', 'running')).toBe('web -tag:old')
    expect(toggleTerm(once, 'status', 'stopped')).toBe('web -tag:old status:running,stopped')
    expect(toggleTerm('status:running,stopped', 'status', 'running')).toBe('status:stopped')
    expect(toggleTerm('', 'server', 'Main Office')).toBe('server:"Main Office"')
  })
})

it('writes the whole value only where a part would find another', () => {
  expect(onlyThis('pve', ['pve', 'Pve-2'])).toBe('=pve')
  expect(onlyThis('Pve-2', ['pve', 'Pve-2'])).toBe('Pve-2')
})

describe('what is wrong with a line', () => {
  it('names fields that do not exist, with the one that was meant', () => {
    expect(filterProblems('stat:x servre:a zone:b')).toEqual([
      { kind: 'field', name: 'stat', near: 'status' },
      { kind: 'field', name: 'servre', near: 'server' },
      { kind: 'field', name: 'zone', near: null },
    ])
  })

  it('names values that do not exist, once no value starts so', () => {
    expect(filterProblems('status:runing type:c is: tag:anything')).toEqual([
      { kind: 'value', field: 'status', value: 'runing', known: ['running', 'paused', 'stopped', 'unknown'] },
    ])
  })

  it('says nothing about addresses and quoted words', () => {
    expect(filterProblems('https://pve.example.org "zone:b"')).toEqual([])
  })
})
