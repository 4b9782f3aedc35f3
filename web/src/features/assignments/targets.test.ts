import { expect, it } from 'vitest'
import { guestsLike, namesOf, targetIn } from '@/features/assignments/targets'
import { makeGuest } from '@/lib/fixtures'

const lab = { id: 'lab', name: 'Lab' }
const list = {
  guests: [
    makeGuest({ vmid: 100, name: 'web-01', tags: ['web', 'prod'], pool: 'shop' }),
    makeGuest({ vmid: 101, name: 'web-02', tags: ['web'], pool: null, server: lab }),
    makeGuest({ vmid: 900, name: 'debian', tags: ['template'], template: true }),
  ],
  servers: [],
}

it('knows the tags and pools that there are, on one server or on all', () => {
  expect([...namesOf(list, 'tag', null)]).toEqual([
    ['prod', 1],
    ['web', 2],
  ])
  expect([...namesOf(list, 'tag', 'lab')]).toEqual([['web', 1]])
  expect([...namesOf(list, 'pool', null)]).toEqual([['shop', 1]])
  expect(namesOf(undefined, 'pool', null).size).toBe(0)
})

it('finds guests by all words, and no templates', () => {
  expect(guestsLike(list, 'web LAB').map(guest => guest.vmid)).toEqual([101])
  expect(guestsLike(list, '100').map(guest => guest.vmid)).toEqual([100])
  expect(guestsLike(list, 'debian')).toEqual([])
  expect(guestsLike(list, '', 1)).toHaveLength(1)
})

it('says a target as the server takes it', () => {
  const guest = makeGuest({ vmid: 7, type: 'lxc', server: lab })
  expect(targetIn({ kind: 'guest', guest })).toEqual({ kind: 'guest', server: 'lab', type: 'lxc', vmid: 7 })
  expect(targetIn({ kind: 'tag', name: 'web', server: null })).toEqual({ kind: 'tag', name: 'web' })
  expect(targetIn({ kind: 'pool', name: 'shop', server: 'lab' })).toEqual({ kind: 'pool', name: 'shop', server: 'lab' })
})
