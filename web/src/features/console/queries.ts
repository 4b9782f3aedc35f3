import { http, unwrap } from '@/lib/api/client'
import type { Console, GuestRef } from '@/lib/api/types'

/** Asks for a console: a session to be used once, within seconds. */
export function openSession(tenant: string, guest: GuestRef, viewOnly: boolean, signal: AbortSignal): Promise<Console> {
  return unwrap(
    http.POST('/api/v1/tenants/{tenant}/guests/{server}/{type}/{vmid}/console', {
      params: { path: { tenant, ...guest } },
      body: { view_only: viewOnly },
      signal,
    }),
  )
}
