import { expect, it } from 'vitest'
import { countFacets, suggest } from '@/features/guests/suggest'
import { makeGuest } from '@/lib/fixtures'

const facets = countFacets([
  makeGuest({ tags: ['web', 'prod'], server: { id: 'a', name: 'Main Office' } }),
  makeGuest({ vmid: 101, tags: ['webmail'], status: 'stopped', type: 'lxc' }),
  makeGuest({ vmid: 102, tags: ['hidden'], template: true }),
])

/** The lines that the offers would make; `|` is the caret. */
function offers(text: string, plain = false): string[] {
  const caret = text.indexOf('|')
  const line = text.replace('|', '')
  const { from, to, items } = suggest(line, caret, facets, plain)
  return items.map(({ insert }) => line.slice(0, from) + insert + line.slice(to))
}

it('offers fields at the start of a term', () => {
  expect(offers('|')).toContain('status:')
  expect(offers('web sta|')).toEqual(['web status:'])
  expect(offers('-t|')).toEqual(['-type:', '-tag:', '-is:template '])
})

it('offers values of the field, those that begin so first', () => {
  expect(offers('tag:w|')).toEqual(['tag:web ', 'tag:webmail '])
  expect(offers('tag:web,|')).toEqual(['tag:web,prod ', 'tag:web,webmail '])
  expect(offers('server:off|')).toEqual(['server:"Main Office" '])
  expect(offers('tag:pro| status:running')).toEqual(['tag:prod status:running'])
  expect(offers('type:|')).toEqual(['type:vm ', 'type:ct '])
  expect(offers('tag:prod|')).toEqual([])
  expect(offers('tag:hid|')).toEqual([])
})

it('offers values for words, too', () => {
  expect(offers('web|')).toEqual(['tag:web ', 'tag:webmail '])
  expect(offers('stop|')).toEqual(['status:stopped '])
})

it('offers the whole name of a node that is a part of another', () => {
  const nodes = countFacets([makeGuest({ node: 'fra-1' }), makeGuest({ vmid: 101, node: 'fra-10' })])
  const line = 'node:fra'
  expect(suggest(line, line.length, nodes, false).items.map(({ insert }) => insert)).toEqual(['=fra-1 ', 'fra-10 '])
  expect(suggest('node:=fra-1', 11, nodes, false).items.map(({ value }) => value)).toEqual(['fra-1', 'fra-10'])
})

it('counts what it offers', () => {
  expect(suggest('status:', 7, facets, false).items.map(({ value, count }) => [value, count])).toEqual([
    ['running', 1],
    ['paused', 0],
    ['stopped', 1],
    ['unknown', 0],
  ])
})

it('knows nothing of places for people with single guests', () => {
  expect(offers('|', true)).toEqual(['status:', 'tag:', 'is:'])
  expect(offers('main|', true)).toEqual([])
  expect(offers('server:|', true)).toEqual([])
})
