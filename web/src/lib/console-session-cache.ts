import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { ConsoleSession, ConsoleSessionList, ConsoleState, GuestRef } from '@/lib/api/types'
import { keyOf } from '@/lib/guest-key'

type Lists = InfiniteData<ConsoleSessionList>

/** Brings a console that was opened, has changed or has ended into every list that is known. */
export function applyConsoleSession(client: QueryClient, tenant: string, session: ConsoleSession): void {
  const queryKey = keys.consoleSessions(tenant)
  for (const [key, data] of client.getQueriesData<Lists>({ queryKey })) {
    const { state, guest } = key[queryKey.length] as { state?: ConsoleState; guest?: GuestRef }
    const elsewhere = guest !== undefined && keyOf(guest) !== keyOf(session.guest)
    if (data && !elsewhere) client.setQueryData(key, mergeConsoleSession(data, state, session))
  }
}

/** The list with the session in its place, on top when it is new, or without it when its state is another by now. */
export function mergeConsoleSession(data: Lists, state: ConsoleState | undefined, session: ConsoleSession): Lists {
  const known = data.pages.some(page => page.sessions.some(other => other.id === session.id))
  const fits = state === undefined || session.state === state
  if (!known && !fits) return data
  const pages = data.pages.map((page, index) => ({
    ...page,
    sessions: fits
      ? known
        ? page.sessions.map(other => (other.id === session.id ? session : other))
        : index === 0
          ? [session, ...page.sessions]
          : page.sessions
      : page.sessions.filter(other => other.id !== session.id),
  }))
  return { ...data, pages }
}
