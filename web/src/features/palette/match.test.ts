import { describe, expect, it } from 'vitest'
import { type Candidate, findBest, verbOf, wordTier } from '@/features/palette/match'

const candidate = (name: string, [id, ...words]: string[] = [], boost = 0): Candidate<string> => ({
  value: name,
  name,
  ...(id && { id }),
  words,
  boost,
})

const names = (text: string, candidates: Candidate<string>[]) =>
  findBest(candidates, text, 10).best.map(found => found.value)

describe('finding', () => {
  it('puts the thing itself first, then beginnings, words, parts, and letters in order', () => {
    const all = ['my-xwebx', 'w-e-b', 'api-web', 'webshop', 'web'].map(name => candidate(name))
    expect(names('web', all)).toEqual(['web', 'webshop', 'api-web', 'my-xwebx', 'w-e-b'])
  })

  it('takes an id for as good as a name, and every word must be met', () => {
    const all = [candidate('db-1000', ['99', 'prod']), candidate('web', ['100', 'prod']), candidate('mail', ['200'])]
    expect(names('100', all)).toEqual(['web', 'db-1000'])
    expect(names('prod db', all)).toEqual(['db-1000'])
    expect(names('nothing', all)).toEqual([])
  })

  it('takes a name that begins with it for better than a tag that is it', () => {
    expect(names('web', [candidate('shop', ['1', 'web']), candidate('web-02')])).toEqual(['web-02', 'shop'])
  })

  it('lets favourites win among equals only', () => {
    const all = [candidate('web-01'), candidate('web-02', [], 2), candidate('my-web', [], 3)]
    expect(names('web', all)).toEqual(['web-02', 'web-01', 'my-web'])
  })

  it('does not find two letters scattered over a name', () => {
    expect(wordTier('database', 'dt')).toBeNull()
    expect(wordTier('database', 'dtb')).toBeCloseTo(7.02)
    expect(wordTier('a-guest-with-a-very-long-name-in-a-hurry-1', 'web-1')).toBeNull()
    expect(wordTier('my-database', 'atb')).toBeNull()
  })

  it('finds in ten thousand names within a frame or so', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => candidate(`guest-${index}`, [String(index), 'prod']))
    expect(findBest(many, 'gu', 50)).toMatchObject({ total: 10_000 })
    expect(names('guest-9999', many)).toEqual(['guest-9999'])
  })
})

describe('a verb', () => {
  const verbs = [
    { action: 'stop', words: ['stop', 'stoppen'] },
    { action: 'start', words: ['start'] },
  ]
  it('may be begun only, in any language', () => {
    expect(verbOf('stop web 01', verbs)).toEqual({ actions: ['stop'], rest: 'web 01' })
    expect(verbOf('st web', verbs)).toEqual({ actions: ['stop', 'start'], rest: 'web' })
    expect(verbOf('stoppen', verbs)).toEqual({ actions: ['stop'], rest: '' })
  })
  it('is more than one letter', () => {
    expect(verbOf('s web', verbs)).toBeNull()
    expect(verbOf('web', verbs)).toBeNull()
  })
})
