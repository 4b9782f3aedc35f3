// @ts-check
/**
 * What a person of the mock keeps of their own: favourites, recently used guests, saved views. Development only.
 *
 * @typedef {import('./data.mjs').Guest} Guest
 * @typedef {import('../src/lib/api/types').SavedView} SavedView
 */
import { uuid } from './data.mjs'
import { Refusal } from './refusal.mjs'

/** @param {Guest} guest */
const refOf = guest => ({ server: guest.server.id, type: guest.type, vmid: guest.vmid })
/** @param {{ server: string, type: string, vmid: number }} ref */
const keyOf = ref => `${ref.server}/${ref.type}/${ref.vmid}`

/** @param {Guest[]} guests */
export function makeOwn(guests) {
  const pick = (/** @type {number[]} */ ...places) => places.flatMap(place => guests[place] ?? [])
  /** @type {SavedView[]} */
  const views = [
    {
      id: uuid(801),
      name: 'Production, busiest first',
      filter: 'tag:prod status:running',
      sort: '-cpu',
      layout: 'table',
      columns: [],
      version: 1,
      created_at: new Date().toISOString(),
    },
  ]
  return {
    favourites: new Set(pick(0, 8, 23).map(guest => keyOf(refOf(guest)))),
    recent: pick(3, 8, 0, 36).map(refOf),
    views: guests.length > 0 ? views : [],
  }
}

/** @typedef {ReturnType<typeof makeOwn>} Own */

/** @param {Own} own @param {string} method @param {string | undefined} id @param {any} body @param {string} [ifMatch] */
function viewAnswer(own, method, id, body, ifMatch) {
  const taken = () => own.views.some(view => view.id !== id && view.name === body.name)
  if (!id && method === 'GET') return { views: own.views }
  if ((method === 'POST' || method === 'PUT') && taken()) throw new Refusal(409, 'duplicate', 'Name taken.')
  if (!id) {
    const view = { ...body, id: crypto.randomUUID(), version: 1, created_at: new Date().toISOString() }
    own.views.push(view)
    return view
  }
  const view = own.views.find(one => one.id === id)
  if (!view) throw new Refusal(404, 'not_found', 'No such view.')
  if (method === 'DELETE') {
    own.views = own.views.filter(one => one !== view)
    return null
  }
  if (ifMatch !== `"${view.version}"`) throw new Refusal(412, 'changed_meanwhile', 'Changed.')
  return Object.assign(view, body, { version: view.version + 1 })
}

/** @param {{ own: Own, guests: Guest[] }} world @param {string} method @param {string[]} path @param {any} body @param {string} [ifMatch] */
export function ownAnswer({ own, guests }, method, [noun, ...rest], body, ifMatch) {
  if (noun === 'views') return viewAnswer(own, method, rest[0], body, ifMatch)
  if (noun === 'favourites') return { guests: guests.map(refOf).filter(ref => own.favourites.has(keyOf(ref))) }
  if (noun === 'recent-guests') return { guests: own.recent.map(guest => ({ guest, at: new Date().toISOString() })) }
  if (noun !== 'guests' || rest[3] !== 'favourite') return undefined
  const [server = '', type = '', vmid = ''] = rest
  const key = keyOf({ server, type, vmid: Number(vmid) })
  if (method === 'PUT') own.favourites.add(key)
  else own.favourites.delete(key)
  return null
}
