import { asApiError } from '@/lib/api/error'
import type { GuestScope, ProvidedServer, ProvidedServerIn } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'
import { type ServerFormIn, type ServerFormOut, type StoredServer, toServerChange, toServerIn } from '@/lib/server-form'

/** What the form of a server knows of it. */
export function storedOf({ server, connection, notes }: ProvidedServer): StoredServer {
  return { name: server.name, is_active: server.is_active, notes, connection }
}

/** What is sent: `stored` where it is a change. There are no shells of nodes on a provided server. */
export function toProvidedIn(
  values: ServerFormOut,
  tenant: string,
  scope: GuestScope,
  stored: StoredServer | null,
): ProvidedServerIn {
  const { node_shell, ...body } = stored ? toServerChange(values, stored) : toServerIn(values, null)
  // A provided server has no tenant's defaults: the form says everything.
  const { tls, connect_timeout_seconds, ...rest } = body
  return {
    ...rest,
    tls: tls ?? { mode: 'verify' },
    connect_timeout_seconds: connect_timeout_seconds ?? 10,
    tenant,
    scope,
  }
}

/** What a test depends on: the same text, the same outcome. */
export function connectionKey(values: ServerFormIn): string {
  const { name, notes, is_active, use_fallbacks, node_shell, token_expires_at, ...connection } = values
  return JSON.stringify(connection)
}

/** What the server said about a field that is not one of the connection's. */
export function otherProblem(error: unknown, field: 'tenant' | 'scope'): string | undefined {
  const found = asApiError(error).fields.find(one => one.field === field || one.field.startsWith(`${field}.`))
  return found && fieldProblemText(field, found.code, found.detail)
}
