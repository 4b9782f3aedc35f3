import { z } from 'zod'
import { formatToken, isHost, parseToken } from '@/features/servers/parse'
import type { ServerIn, Tls } from '@/lib/api/types'

/** The values of the add dialog. `trust` says how the certificate is to be checked. */
export const serverForm = z
  .object({
    name: z.string().trim().min(1).max(100),
    host: z.string().trim().refine(isHost),
    port: z.coerce.number<string>().int().min(1).max(65_535),
    trust: z.enum(['ask', 'ca', 'insecure']),
    ca_pem: z.string(),
    api_token: z.string().refine(text => parseToken(text) !== null),
  })
  .refine(values => values.trust !== 'ca' || values.ca_pem.includes('-----BEGIN CERTIFICATE-----'), {
    path: ['ca_pem'],
  })

export type ServerFormIn = z.input<typeof serverForm>
export type ServerFormOut = z.output<typeof serverForm>

export const emptyServer: ServerFormIn = { name: '', host: '', port: '8006', trust: 'ask', ca_pem: '', api_token: '' }

/** The fields of each step, in order. */
export const STEPS = {
  where: ['name', 'host', 'port', 'trust', 'ca_pem'],
  token: ['api_token'],
  check: [],
} as const

export type Step = keyof typeof STEPS

/** What is sent; `pin` is the fingerprint that the person has confirmed. */
export function toServerIn(values: ServerFormOut, pin: string | null): ServerIn {
  const token = parseToken(values.api_token)
  return {
    name: values.name,
    host: values.host.replace(/^\[|\]$/g, ''),
    port: values.port,
    tls: tlsOf(values, pin),
    ...(token && { api_token: formatToken(token) }),
  }
}

function tlsOf(values: ServerFormOut, pin: string | null): Tls {
  if (values.trust === 'ca') return { mode: 'ca', ca_pem: values.ca_pem.trim() }
  if (values.trust === 'insecure') return { mode: 'insecure' }
  return pin ? { mode: 'pin', fingerprint: pin } : { mode: 'verify' }
}
