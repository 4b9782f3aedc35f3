import type { Guest, GuestRef } from '@/lib/api/types'

/** A guest is known by server, type and vmid, never by its node: guests migrate. */
export function refOf(guest: Guest): GuestRef {
  return { server: guest.server.id, type: guest.type, vmid: guest.vmid }
}

export function keyOf(ref: GuestRef): string {
  return `${ref.server}/${ref.type}/${ref.vmid}`
}

export function guestKey(guest: Guest): string {
  return keyOf(refOf(guest))
}
