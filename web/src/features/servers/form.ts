import type { UseFormReturn } from 'react-hook-form'
import { z } from 'zod'
import { formatToken, isHost, parseToken } from '@/features/servers/parse'
import type { Server, ServerConnection, ServerIn, Tls } from '@/lib/api/types'
import { applyFieldErrors } from '@/lib/form-errors'

const fields = {
  name: z.string().trim().min(1).max(100),
  host: z.string().trim().refine(isHost),
  port: z.coerce.number<string>().int().min(1).max(65_535),
  trust: z.enum(['ask', 'verify', 'pin', 'ca', 'insecure']),
  ca_pem: z.string(),
  fingerprint: z.string().trim(),
  api_token: z.string().refine(text => parseToken(text) !== null),
  connect_timeout_seconds: z.coerce.number<string>().int().min(1).max(120),
  notes: z.string().max(2000),
  is_active: z.boolean(),
}

type Trusted = { trust: Trust; ca_pem: string; fingerprint: string }

const hasCa = (values: Trusted) => values.trust !== 'ca' || values.ca_pem.includes('-----BEGIN CERTIFICATE-----')
const hasPin = (values: Trusted) =>
  values.trust !== 'pin' || /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i.test(values.fingerprint)

/** The values of the add dialog. `trust` says how the certificate is to be checked. */
export const serverForm = z.object(fields).refine(hasCa, { path: ['ca_pem'] })

/** The values of the edit dialog: without a token the stored one stays, if the server lets it. */
export const editForm = z
  .object({ ...fields, api_token: z.string().refine(text => text.trim() === '' || parseToken(text) !== null) })
  .refine(hasCa, { path: ['ca_pem'] })
  .refine(hasPin, { path: ['fingerprint'] })

export type Trust = z.output<typeof fields.trust>
export type ServerFormIn = z.input<typeof serverForm>
export type ServerFormOut = z.output<typeof serverForm>
export type ServerForm = UseFormReturn<ServerFormIn, unknown, ServerFormOut>

export const emptyServer: ServerFormIn = {
  name: '',
  host: '',
  port: '8006',
  trust: 'ask',
  ca_pem: '',
  fingerprint: '',
  api_token: '',
  connect_timeout_seconds: '10',
  notes: '',
  is_active: true,
}

/** How a server is reached. Who may edit it sees that. */
function connectionOf(server: Server): ServerConnection {
  if (!server.connection) throw new Error('the connection of this server is not shown')
  return server.connection
}

/** A stored server as the edit dialog shows it; the token never comes back. */
export function formOf(server: Server): ServerFormIn {
  const { name, notes, is_active } = server
  const { host, port, tls, connect_timeout_seconds } = connectionOf(server)
  return {
    name,
    host: host ?? '',
    port: String(port),
    trust: tls.mode,
    ca_pem: tls.mode === 'ca' ? tls.ca_pem : '',
    fingerprint: tls.mode === 'pin' ? tls.fingerprint : '',
    api_token: '',
    connect_timeout_seconds: String(connect_timeout_seconds),
    notes: notes ?? '',
    is_active,
  }
}

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

/** A change of a stored server. An authority that was not touched goes back as it came: else it would be another. */
export function toServerChange(values: ServerFormOut, stored: Server): ServerIn {
  const { connect_timeout_seconds, notes, is_active } = values
  const { tls } = connectionOf(stored)
  const sameCa = tls.mode === 'ca' && values.trust === 'ca' && values.ca_pem.trim() === tls.ca_pem.trim()
  const change = { ...toServerIn(values, null), connect_timeout_seconds, notes, is_active }
  return sameCa ? { ...change, tls } : change
}

function tlsOf(values: ServerFormOut, pin: string | null): Tls {
  if (values.trust === 'ca') return { mode: 'ca', ca_pem: values.ca_pem.trim() }
  if (values.trust === 'insecure') return { mode: 'insecure' }
  if (values.trust === 'pin') return { mode: 'pin', fingerprint: values.fingerprint.toUpperCase() }
  return pin ? { mode: 'pin', fingerprint: pin } : { mode: 'verify' }
}

/** Whether these values reach the server elsewhere or trust it otherwise, so that the stored token is not used for them. */
export function needsToken(values: ServerFormIn, stored: Server): boolean {
  const before = formOf(stored)
  if (values.host.trim().toLowerCase() !== before.host || values.port.trim() !== before.port) return true
  if (connectionOf(stored).tls.mode === 'insecure') return false
  if (values.trust !== before.trust) return true
  return values.trust === 'ca'
    ? values.ca_pem.trim() !== before.ca_pem.trim()
    : values.trust === 'pin' && values.fingerprint.trim().toUpperCase() !== before.fingerprint
}

/** The server speaks of `tls` as one field; here it is the one that belongs to the chosen way. */
export function applyServerErrors(form: ServerForm, error: unknown): void {
  const trust = form.getValues('trust')
  applyFieldErrors(form, error, { tls: trust === 'ca' ? 'ca_pem' : trust === 'pin' ? 'fingerprint' : 'trust' })
}
