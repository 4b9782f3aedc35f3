import { describe, expect, it } from 'vitest'
import { compileFilter, formatTerm, hasTerm, parseFilter, toggleTerm } from '@/features/guests/filter'
import { makeGuest } from '@/lib/fixtures'

const guests = [
  makeGuest({ vmid: 100, name: 'web-01' }),
  makeGuest({ vmid: 101, name: 'web-02', status: 'stopped', tags: ['web', 'staging'] }),
  makeGuest({
    vmid: 205,
    name: 'dns',
    type: 'lxc',
    tags: ['net'],
    node: 'office',
    server: { id: 'o', name: 'Main Office' },
    pool: null,
  }),
  makeGuest({ vmid: 900, name: 'debian', template: true, tags: [], status: 'stopped' }),
]

const names = (text: string) => guests.filter(compileFilter(text)).map(guest => guest.name)

describe('the filter line', () => {
  it.each([
    ['', ['web-01', 'web-02', 'dns']],
    ['web', ['web-01', 'web-02']],
    ['WEB 02', ['web-02']],
    ['status:running', ['web-01', 'dns']],
    ['status:running status:stopped', ['web-01', 'web-02', 'dns']],
    ['status:running type:ct', ['dns']],
    ['type:vm', ['web-01', 'web-02']],
    ['tag:web -tag:staging', ['web-01']],
    ['-web', ['dns']],
    ['vmid:10', ['web-01', 'web-02']],
    ['10', ['web-01', 'web-02']],
    ['server:"main office"', ['dns']],
    ['server:main', ['dns']],
    ['node:office', ['dns']],
    ['pool:production', ['web-01', 'web-02']],
    ['name:dns', ['dns']],
    ['template:yes', ['debian']],
    ['status:', ['web-01', 'web-02', 'dns']],
    ['Status:Running', ['web-01', 'dns']],
    ['nothing', []],
  ])('"%s" shows %j', (text, expected) => {
    expect(names(text)).toEqual(expected)
  })

  it('takes unknown fields and stray signs for text', () => {
    expect(parseFilter('https://a:b')).toEqual([{ field: null, value: 'https://a:b', not: false }])
    expect(parseFilter('tag:"not closed')).toEqual([{ field: 'tag', value: 'not closed', not: false }])
    expect(parseFilter('-')).toEqual([{ field: null, value: '-', not: false }])
    expect(parseFilter(' : " ')).toHaveLength(1)
  })

  it('writes terms as they are read', () => {
    for (const text of ['status:running', '-tag:"two words"', 'web', '"two words"']) {
      expect(parseFilter(text).map(formatTerm).join(' ')).toBe(text)
    }
  })

  it('turns a term on and off, and leaves the rest alone', () => {
    const once = toggleTerm('web -tag:old', 'status', 'running')
    expect(once).toBe('web -tag:old status:running')
    expect(hasTerm(once, 'status', 'Running')).toBe(true)
    expect(toggleTerm(once, 'status', 'running')).toBe('web -tag:old')
    expect(toggleTerm('', 'server', 'Main Office')).toBe('server:"Main Office"')
  })
})
