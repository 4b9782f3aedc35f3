import { describe, expect, it } from 'vitest'
import { diffLines, type Line, pairsOf, partsOf, stretchesOf } from '@/features/config-snapshots/line-diff'

const signs = { same: ' ', removed: '-', added: '+' }
const written = (lines: Line[]) => lines.map(line => signs[line.kind] + line.text)
const diff = (before: string, after: string) => written(diffLines(before.split(' '), after.split(' ')))

describe('the lines that changed', () => {
  it('are the fewest', () => {
    expect(diff('a b c', 'a x c')).toEqual([' a', '-b', '+x', ' c'])
    expect(diff('a b c', 'a b c')).toEqual([' a', ' b', ' c'])
    expect(diff('a b c d', 'b c e d')).toEqual(['-a', ' b', ' c', '+e', ' d'])
  })

  it('are all of them where one side is empty', () => {
    expect(written(diffLines([], ['a', 'b']))).toEqual(['+a', '+b'])
    expect(written(diffLines(['a'], []))).toEqual(['-a'])
    expect(diffLines([], [])).toEqual([])
  })

  it('lead from one side to the other, whatever they are', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1664525 + 1013904223) % 4294967296
      return Math.floor((seed / 4294967296) * below)
    }
    for (let round = 0; round < 300; round += 1) {
      const side = () => Array.from({ length: random(12) }, () => 'abcd'[random(4)] ?? '')
      const [before, after] = [side(), side()]
      const lines = diffLines(before, after)
      expect(lines.filter(line => line.kind !== 'added').map(line => line.text)).toEqual(before)
      expect(lines.filter(line => line.kind !== 'removed').map(line => line.text)).toEqual(after)
    }
  })

  it('are found in time also where all of them differ', () => {
    const side = (name: string) => Array.from({ length: 5000 }, (_, index) => `${name}${index}`)
    expect(diffLines(side('a'), side('b'))).toHaveLength(10_000)
  })
})

describe('how they are shown', () => {
  it('beside each other', () => {
    expect(pairsOf(diffLines(['a', 'b', 'c'], ['a', 'x', 'y', 'c']))).toEqual([
      { kind: 'same', left: 'a', right: 'a' },
      { kind: 'changed', left: 'b', right: 'x' },
      { kind: 'changed', left: null, right: 'y' },
      { kind: 'same', left: 'c', right: 'c' },
    ])
  })

  it('with a few lines around, the rest hidden', () => {
    const before = Array.from({ length: 20 }, (_, index) => `line ${index}`)
    const after = before.with(10, 'other')
    const stretches = stretchesOf(diffLines(before, after))
    expect(stretches.map(({ kind, lines }) => [kind, lines.length])).toEqual([
      ['hidden', 7],
      ['lines', 8],
      ['hidden', 6],
    ])
  })

  it('with what is other in a line', () => {
    expect(partsOf('tag=20,x', 'tag=30,x')).toEqual({ head: 'tag=', left: '2', right: '3', tail: '0,x' })
    expect(partsOf('aa', 'aaa')).toEqual({ head: 'aa', left: '', right: 'a', tail: '' })
  })
})
