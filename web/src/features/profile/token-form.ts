import { z } from 'zod'
import type { ApiTokenIn, TokenScope } from '@/lib/api/types'

export const SCOPES = ['read', 'power', 'console', 'manage'] as const satisfies TokenScope[]

/** How long a token may live: a few that fit most, or a number of one's own. */
export const DAYS = ['7', '30', '90', '180', '365'] as const
const MOST_DAYS = 366

const isDays = (text: string) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_DAYS

export const tokenForm = z
  .object({
    /** As Proxmox VE's token ids. */
    name: z
      .string()
      .trim()
      .regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
    scopes: z.array(z.enum(SCOPES)).min(1),
    tenant: z.string(),
    server: z.string(),
    expires: z.enum([...DAYS, 'own']),
    days: z.string().trim(),
  })
  .refine(({ expires, days }) => expires !== 'own' || isDays(days), { path: ['days'] })
export type TokenForm = z.infer<typeof tokenForm>

export const newToken: TokenForm = { name: '', scopes: ['read'], tenant: '', server: '', expires: '90', days: '' }

/** A server is named with its tenant alone. */
export function tokenOf({ name, scopes, tenant, server, expires, days }: TokenForm): ApiTokenIn {
  return {
    name,
    // In the order of the page, however they were ticked.
    scopes: SCOPES.filter(scope => scopes.includes(scope)),
    tenant: tenant || null,
    server: (tenant && server) || null,
    expires_in_days: Number(expires === 'own' ? days : expires),
  }
}
