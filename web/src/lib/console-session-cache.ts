import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { ConsoleSession, ConsoleSessionList } from '@/lib/api/types'
import { type ConsoleAsk, fitsAsk } from '@/lib/console-filter'

type Lists = InfiniteData<ConsoleSessionList>

/** Brings a console that was opened, has changed or has ended into every list that is known. */
export function applyConsoleSession(client: QueryClient, tenant: string, session: ConsoleSession): void {
  const queryKey = keys.consoleSessions(tenant)
  for (const [key, data] of client.getQueriesData<Lists>({ queryKey })) {
    const ask = key[queryKey.length] as ConsoleAsk
    if (data) client.setQueryData(key, mergeConsoleSession(data, ask, session))
  }
}

/** The list with the session in its place, or without it when it is none of these by now. */
export function mergeConsoleSession(data: Lists, ask: ConsoleAsk, session: ConsoleSession): Lists {
  const known = data.pages.some(page => page.sessions.some(other => other.id === session.id))
  const fits = fitsAsk(ask, session)
  if (!known) return fits ? insert(data, session) : data
  const change = (sessions: ConsoleSession[]) =>
    fits
      ? sessions.map(other => (other.id === session.id ? session : other))
      : sessions.filter(other => other.id !== session.id)
  return { ...data, pages: data.pages.map(page => ({ ...page, sessions: change(page.sessions) })) }
}

/** Puts it before the first that is older. What is older than all stands on a page that may not be loaded yet. */
function insert(data: Lists, session: ConsoleSession): Lists {
  const isOlder = (other: ConsoleSession) => other.created_at < session.created_at
  const found = data.pages.findIndex(page => page.sessions.some(isOlder))
  const at = found >= 0 ? found : data.pages.length - 1
  if (found < 0 && data.pages[at]?.next_cursor) return data
  const pages = data.pages.map((page, index) => {
    if (index !== at) return page
    const older = page.sessions.findIndex(isOlder)
    return { ...page, sessions: page.sessions.toSpliced(older < 0 ? page.sessions.length : older, 0, session) }
  })
  return { ...data, pages }
}
