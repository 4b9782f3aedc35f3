import type { GuestRef } from '@/lib/api/types'

/** Addresses that are made outside of the router's own links: windows, tabs, sockets. */
export function consoleUrl(slug: string, guest: GuestRef, viewOnly = false): string {
  const path = `/t/${encodeURIComponent(slug)}/console/${guest.server}/${guest.type}/${guest.vmid}`
  return viewOnly ? `${path}?view_only=1` : path
}

/** The WebSocket address of a path that the server gave, on this page's own origin. */
export function socketUrl(path: string, origin: string): string {
  return new URL(path, origin).href.replace(/^http/, 'ws')
}

/** A place inside this site to go back to after sign-in; anything else leads to the start page. */
export function safeNext(next: string | undefined): string {
  if (!next || !/^\/(?![/\\])/.test(next)) return '/'
  return /^\/(sign-in|set-up|forgot|reset|t\/[^/]+\/sign-in)\b/.test(next) ? '/' : next
}

/** Whether one signs in there already. */
export function isSignIn(pathname: string): boolean {
  return /^(\/t\/[^/]+)?\/sign-in\/?$/.test(pathname)
}

/** Where somebody who is at `href` signs in, to come back to it: at a tenant's pages that is the tenant's own. */
export function signInPlace(href: string) {
  const slug = /^\/t\/([^/?#]+)/.exec(href)?.[1]
  const search = { next: href }
  return slug
    ? ({ to: '/t/$slug/sign-in', params: { slug: decodeSlug(slug) }, search } as const)
    : ({ to: '/sign-in', search } as const)
}

function decodeSlug(slug: string): string {
  try {
    return decodeURIComponent(slug)
  } catch {
    return slug
  }
}

/** Opens a guest's console in a window of its own; the same guest's window comes to the front. */
export function openConsole(slug: string, guest: GuestRef, viewOnly = false): void {
  const name = `nexus-console-${guest.server}-${guest.type}-${guest.vmid}${viewOnly ? '-view' : ''}`
  const opened = window.open('', name)
  if (!opened) return
  const url = consoleUrl(slug, guest, viewOnly)
  let place = ''
  try {
    place = opened.location.pathname
  } catch {
    // Somebody else's page by now; it is replaced below.
  }
  if (place !== new URL(url, location.origin).pathname) opened.location.href = url
  opened.focus()
}
