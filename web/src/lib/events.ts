import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { keys } from '@/lib/api/keys'
import { backOff } from '@/lib/back-off'
import { applyEvent, parseEvent, refetchLists, type TenantEvent } from '@/lib/event-cache'
import { readSse } from '@/lib/sse'

/**
 * One event stream per browser and tenant, shared by its tabs: browsers allow six connections to a host.
 * The tab that holds the Web Lock reads the stream and passes every event on through a BroadcastChannel; when it
 * closes, the lock goes to another tab, which connects and lets all tabs fetch again what they may have missed.
 */

export type LiveState = 'connecting' | 'live' | 'lost'

type Shared = { kind: 'event'; event: TenantEvent } | { kind: 'state'; state: LiveState } | { kind: 'ask' }

let current: LiveState = 'connecting'
const listeners = new Set<() => void>()

function setLive(state: LiveState) {
  if (state === current) return
  current = state
  for (const listener of listeners) listener()
}

/** Whether events arrive now, for the light in the top bar. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}

/** Follows a tenant's events for as long as the component is there. */
export function useTenantEvents(client: QueryClient, tenant: string): void {
  useEffect(() => {
    const stop = new AbortController()
    followTenant(client, tenant, stop.signal)
    return () => stop.abort()
  }, [client, tenant])
}

function followTenant(client: QueryClient, tenant: string, signal: AbortSignal): void {
  const name = `nexus-events-${tenant}`
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)
  const receive = (message: Shared, leader: boolean) => {
    if (message.kind === 'event') handle(client, tenant, message.event)
    else if (message.kind === 'state') setLive(message.state)
    else if (leader) channel?.postMessage({ kind: 'state', state: current } satisfies Shared)
  }
  let leading = false
  if (channel) {
    channel.onmessage = event => receive(event.data as Shared, leading)
    channel.postMessage({ kind: 'ask' } satisfies Shared)
  }
  const tell = (message: Shared) => {
    channel?.postMessage(message)
    receive(message, true)
  }
  signal.addEventListener('abort', () => {
    channel?.close()
    setLive('connecting')
  })
  const lead = async () => {
    leading = true
    await readForever(tenant, signal, tell)
  }
  // Web Locks exist in secure contexts only; without them each tab has a stream of its own.
  if (!navigator.locks || !channel) void lead()
  else void navigator.locks.request(name, { signal }, lead).catch(() => undefined)
}

/** An event for this tab: into the cache, or, when rights have changed, everything anew. */
function handle(client: QueryClient, tenant: string, event: TenantEvent) {
  if (event.type === 'hello') return refetchLists(client, tenant)
  if (event.type !== 'ended') return applyEvent(client, tenant, event)
  if (event.reason === 'shutdown') return
  void client.invalidateQueries({ queryKey: keys.me })
  void client.invalidateQueries({ queryKey: keys.tenant(tenant) })
}

async function readForever(tenant: string, signal: AbortSignal, tell: (message: Shared) => void) {
  let lastId: string | null = null
  let process: string | null = null
  let failures = 0
  while (!signal.aborted) {
    const end = await readSse({
      url: `/api/v1/tenants/${tenant}/events`,
      lastId,
      signal,
      onOpen: () => {
        failures = 0
        tell({ kind: 'state', state: 'live' })
      },
      onMessage: message => {
        if (message.id) lastId = message.id
        const event = parseEvent(message.event, message.data)
        if (!event) return
        // The same process after a short break: it sends what was missed, so nothing needs to be fetched again.
        if (event.type === 'hello') {
          if (event.process === process) return
          process = event.process
        }
        tell({ kind: 'event', event })
      },
    })
    if (signal.aborted) return
    if (end.kind === 'refused' && (end.status === 401 || end.status === 404)) {
      tell({ kind: 'event', event: { type: 'ended', reason: 'revoked' } })
    }
    tell({ kind: 'state', state: 'lost' })
    await pause(backOff(failures), signal)
    failures += 1
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
