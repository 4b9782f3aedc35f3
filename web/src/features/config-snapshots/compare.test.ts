import { describe, expect, it } from 'vitest'
import { compareParts, countKinds, linesOf } from '@/features/config-snapshots/compare'
import type { ConfigPart } from '@/lib/api/types'

const part = (path: string, data: unknown, values: Partial<ConfigPart> = {}): ConfigPart => ({
  path,
  status: 200,
  data,
  error: null,
  ...values,
})

describe('two snapshots', () => {
  const before = [part('/same', 1), part('/other', { a: 1 }), part('/gone', 1), part('/away', { a: 1 })]
  const after = [
    part('/same', 1),
    part('/other', { a: 2 }),
    part('/new', 1),
    part('/away', null, { status: 595, error: 'no route' }),
  ]
  const parts = compareParts(before, after)

  it('are compared path by path, what changed first', () => {
    expect(parts.map(({ path, kind }) => [path, kind])).toEqual([
      ['/other', 'changed'],
      ['/new', 'added'],
      ['/gone', 'removed'],
      ['/away', 'unread'],
      ['/same', 'same'],
    ])
    expect(countKinds(parts)).toEqual({ changed: 1, added: 1, removed: 1, unread: 1, same: 1 })
  })

  it('say nothing about what was not read', () => {
    expect(parts.find(one => one.path === '/away')?.lines).toEqual([])
  })

  it('do not differ by the order in which PVE lists things', () => {
    const one = [part('/storage', [{ storage: 'b' }, { storage: 'a' }])]
    const two = [part('/storage', [{ storage: 'a' }, { storage: 'b' }])]
    expect(compareParts(one, two)[0]?.kind).toBe('same')
  })

  it('keep an order that means something', () => {
    expect(linesOf(['b', 'a'])).toEqual(['[', '  "b"', '  "a"', ']'])
    expect(linesOf([{ type: 'b' }, { type: 'a' }])[2]).toBe('    "type": "b"')
  })

  it('have no other line because something comes after it', () => {
    const [change] = compareParts([part('/x', { a: 1 })], [part('/x', { a: 1, b: 2 })])
    expect([change?.added, change?.removed]).toEqual([1, 0])
  })
})
