import type { Guest, GuestRef } from '@/lib/api/types'

/** A guest is known by server, type and vmid, never by its node: guests migrate. */
export function refOf(guest: Guest): GuestRef {
  return { server: guest.server.id, type: guest.type, vmid: guest.vmid }
}

export function keyOf(ref: GuestRef): string {
  return `${ref.server}/${ref.type}/${ref.vmid}`
}

const keys = new WeakMap<Guest, string>()

/** Made once for each state of a guest: lists of ten thousand ask for it with every event. */
export function guestKey(guest: Guest): string {
  let key = keys.get(guest)
  if (key === undefined) {
    key = keyOf(refOf(guest))
    keys.set(guest, key)
  }
  return key
}
