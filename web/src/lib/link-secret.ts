import { useEffect, useState } from 'react'

/**
 * The secret of a link stands in its fragment, which browsers send to nobody. It is taken out of the address bar at
 * once, so that it is neither seen there nor kept in the history; this tab remembers it until it was used, so that
 * loading again or signing in on the way does not lose it.
 */
const kept = (page: string) => `nexus-link${page}`

function read(page: string): string {
  const fresh = window.location.hash.slice(1)
  if (!fresh) return sessionStorage.getItem(kept(page)) ?? ''
  sessionStorage.setItem(kept(page), fresh)
  return fresh
}

/** The secret that the link to `page` came with, or an empty text. */
export function useLinkSecret(page: string): string {
  const [secret, setSecret] = useState(() => read(page))
  useEffect(() => {
    const take = () => {
      if (!window.location.hash) return
      setSecret(read(page))
      window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search)
    }
    take()
    // Another link to the same page, pasted over this one, loads nothing anew.
    window.addEventListener('hashchange', take)
    return () => window.removeEventListener('hashchange', take)
  }, [page])
  return secret
}

/** After the link was used, or turned out to be void. */
export function forgetLinkSecret(page: string): void {
  sessionStorage.removeItem(kept(page))
}
