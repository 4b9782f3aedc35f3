import type { UseFormReturn } from 'react-hook-form'
import { z } from 'zod'
import type { Server, ServerConnection, ServerIn, Settings, Tls } from '@/lib/api/types'
import { applyFieldErrors } from '@/lib/form-errors'
import { formatToken, isHost, parseToken } from '@/lib/server-parse'

/** The form of a server: its values, what is wrong with them, and what is sent. */

const port = z.coerce.number<string>().int().min(1).max(65_535)

const fields = {
  name: z.string().trim().min(1).max(100),
  host: z.string().trim(),
  port,
  use_tailscale: z.boolean(),
  tailscale_host: z.string().trim(),
  tailscale_port: port,
  trust: z.enum(['ask', 'verify', 'pin', 'ca', 'insecure']),
  ca_pem: z.string(),
  fingerprint: z.string().trim(),
  api_token: z.string().refine(text => text.trim() === '' || parseToken(text) !== null),
  token_expires_at: z.string().refine(text => text === '' || !Number.isNaN(Date.parse(text))),
  connect_timeout_seconds: z.coerce.number<string>().int().min(1).max(120),
  use_fallbacks: z.boolean(),
  node_shell: z.boolean(),
  notes: z.string().max(2000),
  is_active: z.boolean(),
}

type Placed = { host: string; use_tailscale: boolean; tailscale_host: string }
type Trusted = { trust: Trust; ca_pem: string; fingerprint: string }

// With a name in the tailnet the direct way may be left out.
const hasHost = ({ host, use_tailscale }: Placed) => (host === '' && use_tailscale) || isHost(host)
const hasTailscale = ({ use_tailscale, tailscale_host }: Placed) => !use_tailscale || isHost(tailscale_host)
const hasCa = ({ trust, ca_pem }: Trusted) => trust !== 'ca' || ca_pem.includes('-----BEGIN CERTIFICATE-----')
const hasPin = ({ trust, fingerprint }: Trusted) =>
  trust !== 'pin' || /^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i.test(fingerprint)

/** A rule over several fields is looked at also while others are wrong: else its field would turn red only later. */
const about = (field: string) => ({ path: [field], when: () => true })

/** The values of the edit dialog: without a token the stored one stays, if the server lets it. */
export const editForm = z
  .object(fields)
  .refine(hasHost, about('host'))
  .refine(hasTailscale, about('tailscale_host'))
  .refine(hasCa, about('ca_pem'))
  .refine(hasPin, about('fingerprint'))

/** The values of a server that is new: it needs a token. `trust` says how the certificate is to be checked. */
export const serverForm = editForm.refine(values => values.api_token.trim() !== '', about('api_token'))

export type Trust = z.output<typeof fields.trust>
export type ServerFormIn = z.input<typeof serverForm>
export type ServerFormOut = z.output<typeof serverForm>
export type ServerForm = UseFormReturn<ServerFormIn, unknown, ServerFormOut>

export const emptyServer: ServerFormIn = {
  name: '',
  host: '',
  port: '8006',
  use_tailscale: false,
  tailscale_host: '',
  tailscale_port: '8006',
  trust: 'ask',
  ca_pem: '',
  fingerprint: '',
  api_token: '',
  token_expires_at: '',
  connect_timeout_seconds: '10',
  use_fallbacks: false,
  node_shell: false,
  notes: '',
  is_active: true,
}

/** The form of a new server, as the tenant has chosen that it begins. */
export function newServer({ default_timeout_seconds, default_tls_mode }: NewServerDefaults): ServerFormIn {
  // A certificate to pin is looked at first: that is what asking means.
  const trust = default_tls_mode === 'pin' ? 'ask' : default_tls_mode
  return { ...emptyServer, connect_timeout_seconds: String(default_timeout_seconds), trust }
}

type NewServerDefaults = Pick<Settings, 'default_timeout_seconds' | 'default_tls_mode'>

/** How a server is reached. Who may edit it sees that. */
export function connectionOf(server: Pick<Server, 'connection'>): ServerConnection {
  if (!server.connection) throw new Error('the connection of this server is not shown')
  return server.connection
}

/** What of a stored server can be changed: of one's own, or of one that is provided. */
export type StoredServer = Pick<Server, 'name' | 'notes' | 'is_active' | 'connection'>

/** A stored server as the edit dialog shows it; the token never comes back. */
export function formOf(server: StoredServer): ServerFormIn {
  const { name, notes, is_active } = server
  const { tls, ...connection } = connectionOf(server)
  return {
    name,
    host: connection.host ?? '',
    port: String(connection.port),
    use_tailscale: connection.use_tailscale,
    tailscale_host: connection.tailscale_host ?? '',
    tailscale_port: String(connection.tailscale_port),
    trust: tls.mode,
    ca_pem: tls.mode === 'ca' ? tls.ca_pem : '',
    fingerprint: tls.mode === 'pin' ? tls.fingerprint : '',
    api_token: '',
    token_expires_at: connection.token_expires_at?.slice(0, 10) ?? '',
    connect_timeout_seconds: String(connection.connect_timeout_seconds),
    use_fallbacks: connection.use_fallbacks,
    node_shell: connection.node_shell,
    notes: notes ?? '',
    is_active,
  }
}

/** Another server like this one: everything but the token, and the certificate of its own is asked for. */
export function duplicateOf(server: Server, name: string): ServerFormIn {
  const values = formOf(server)
  const trust = values.trust === 'pin' || values.trust === 'verify' ? 'ask' : values.trust
  return { ...values, name: name.slice(0, 100), trust, fingerprint: '', token_expires_at: '' }
}

/** What is sent; `pin` is the fingerprint that the person has confirmed. */
export function toServerIn(values: ServerFormOut, pin: string | null): ServerIn {
  const token = parseToken(values.api_token)
  return {
    name: values.name,
    host: bare(values.host),
    port: values.port,
    use_tailscale: values.use_tailscale,
    tailscale_host: values.use_tailscale ? bare(values.tailscale_host) : null,
    tailscale_port: values.tailscale_port,
    tls: tlsOf(values, pin),
    ...(token && { api_token: formatToken(token) }),
    token_expires_at: values.token_expires_at ? new Date(values.token_expires_at).toISOString() : null,
    connect_timeout_seconds: values.connect_timeout_seconds,
    use_fallbacks: values.use_fallbacks,
    node_shell: values.node_shell,
    notes: values.notes,
    is_active: values.is_active,
  }
}

/** A change of a stored server. What was not touched goes back as it came: another authority would cost the token. */
export function toServerChange(values: ServerFormOut, stored: StoredServer): ServerIn {
  const { tls, token_expires_at } = connectionOf(stored)
  const change = toServerIn(values, null)
  const sameCa = tls.mode === 'ca' && values.trust === 'ca' && values.ca_pem.trim() === tls.ca_pem.trim()
  const sameDay = token_expires_at?.slice(0, 10) === values.token_expires_at
  return { ...change, ...(sameCa && { tls }), ...(sameDay && { token_expires_at }) }
}

/** The same server with a few things else, for changes without a form. */
export function changeOf(stored: Server, values: Partial<ServerFormIn>): ServerIn {
  return toServerChange(editForm.parse({ ...formOf(stored), ...values }), stored)
}

/** An address without the brackets that IPv6 has in URLs. */
function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '')
}

function tlsOf(values: ServerFormOut, pin: string | null): Tls {
  if (values.trust === 'ca') return { mode: 'ca', ca_pem: values.ca_pem.trim() }
  if (values.trust === 'insecure') return { mode: 'insecure' }
  if (values.trust === 'pin') return { mode: 'pin', fingerprint: values.fingerprint.toUpperCase() }
  return pin ? { mode: 'pin', fingerprint: pin } : { mode: 'verify' }
}

/** Why the stored token will not be used for these values: the server is elsewhere, or is trusted otherwise. */
export function needsToken(values: ServerFormIn, stored: StoredServer): 'place' | 'trust' | null {
  const before = formOf(stored)
  return movedFrom(before, values) ? 'place' : retrusted(before, values) ? 'trust' : null
}

function movedFrom(before: ServerFormIn, values: ServerFormIn): boolean {
  const same = (key: 'host' | 'port' | 'tailscale_host' | 'tailscale_port') =>
    values[key].trim().toLowerCase() === before[key].trim().toLowerCase()
  if (!same('host') || !same('port')) return true
  // A way that is only switched off leads nowhere new.
  if (!values.use_tailscale) return false
  return !before.use_tailscale || !same('tailscale_host') || !same('tailscale_port')
}

function retrusted(before: ServerFormIn, values: ServerFormIn): boolean {
  if (before.trust === 'insecure') return false
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
