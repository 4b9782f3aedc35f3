import type { QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { keys } from '@/lib/api/keys'
import { backOff } from '@/lib/back-off'
import { applyEvent, parseEvent, refetchLists, type TenantEvent } from '@/lib/event-cache'
import { readSse } from '@/lib/sse'
import { watchWake } from '@/lib/wake'

/**
 * One event stream per browser and tenant, shared by its tabs: browsers allow six connections to a host.
 * The tab that holds the Web Lock reads the stream and passes every event on through a BroadcastChannel; when it
 * closes, the lock goes to another tab, which connects and lets all tabs fetch again what they may have missed.
 * A tab that was away asks the reading one to look whether its line still lives, and fetches its lists again.
 */

/** `since`: when it came to be so, in this computer's time; of a broken line when it was last heard of. */
export type Live = { state: 'connecting' | 'live' | 'lost'; since: number }

type Shared =
  | { kind: 'event'; event: TenantEvent }
  | { kind: 'state'; live: Live }
  | { kind: 'ask' }
  | { kind: 'check' }

/** Heartbeats come every 15 s: a line that said nothing for longer must prove that it lives. */
const QUIET_MS = 20_000
/** How often the reading tab tells the others that the line lives. */
const BEACON_MS = 10_000
/** A tab that hears nothing of a living line for this long does not call it one. */
const SILENT_MS = 45_000

/** What passes something on to the other tabs of the tenant that is followed. */
let share: ((message: Shared) => void) | null = null
let current: Live = { state: 'connecting', since: Date.now() }
const watchers = new Set<() => void>()
const listeners = new Set<(event: TenantEvent) => void>()

function setLive(live: Live) {
  if (live.state === current.state && live.since === current.since) return
  current = live
  for (const watcher of watchers) watcher()
}

/** Whether events arrive now, and since when, for the light in the top bar. */
export function useLive(): Live {
  return useSyncExternalStore(
    watcher => {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    () => current,
  )
}

/** Hears every event of the tenant, after it was brought into the cache. Keep the function the same between renders. */
export function useTenantEvent(listener: (event: TenantEvent) => void): void {
  useEffect(() => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }, [listener])
}

/** Tells the other tabs what the person has done in this one, where the server tells nobody. */
export function tellOtherTabs(event: TenantEvent): void {
  share?.({ kind: 'event', event })
}

/** Follows a tenant's events for as long as the component is there. */
export function useTenantEvents(client: QueryClient, tenant: string): void {
  useEffect(() => {
    const stop = new AbortController()
    followTenant(client, tenant, stop.signal)
    return () => stop.abort()
  }, [client, tenant])
}

export function followTenant(client: QueryClient, tenant: string, signal: AbortSignal): void {
  const name = `nexus-events-${tenant}`
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name)
  let line: Line | null = null
  let heard = Date.now()
  setLive({ state: 'connecting', since: heard })
  const post = (message: Shared) => channel?.postMessage(message)
  share = post
  const receive = (message: Shared) => {
    if (message.kind === 'event') return handle(client, tenant, message.event)
    if (message.kind === 'state') {
      heard = Date.now()
      return setLive(message.live)
    }
    if (!line) return
    if (message.kind === 'check') line.check()
    post({ kind: 'state', live: current })
  }
  if (channel) channel.onmessage = event => receive(event.data as Shared)
  post({ kind: 'ask' })
  const tell = (message: Shared) => {
    post(message)
    receive(message)
  }
  watchWake(({ away }) => {
    if (line) line.check()
    else post({ kind: 'check' })
    if (away) refetchLists(client, tenant)
  }, signal)
  const silence = setInterval(() => {
    if (current.state === 'live' && Date.now() - heard > SILENT_MS) setLive({ state: 'lost', since: heard })
  }, QUIET_MS / 4)
  signal.addEventListener('abort', () => {
    clearInterval(silence)
    if (share === post) share = null
    channel?.close()
    setLive({ state: 'connecting', since: Date.now() })
  })
  const lead = async () => {
    line = new Line(tenant, signal, tell)
    await line.readForever()
  }
  // Web Locks exist in secure contexts only; without them each tab has a stream of its own.
  if (!navigator.locks || !channel) void lead()
  else void navigator.locks.request(name, { signal }, lead).catch(() => undefined)
}

/** An event for this tab: into the cache, or, when rights have changed, everything anew. */
function handle(client: QueryClient, tenant: string, event: TenantEvent) {
  if (event.type === 'hello') return refetchLists(client, tenant)
  if (event.type !== 'ended') {
    applyEvent(client, tenant, event)
    for (const listener of listeners) listener(event)
    return
  }
  if (event.reason === 'shutdown') return
  void client.invalidateQueries({ queryKey: keys.me })
  void client.invalidateQueries({ queryKey: keys.tenant(tenant) })
}

/** The stream of one tenant, read by one tab, and read again whenever it breaks. */
class Line {
  private heard = Date.now()
  private told = 0
  private lastId: string | null = null
  private process: string | null = null
  private failures = 0
  /** Ends what is under way: a connection that says nothing, or the pause before the next one. */
  private now = new AbortController()
  private waiting = false

  constructor(
    private readonly tenant: string,
    private readonly signal: AbortSignal,
    private readonly tell: (message: Shared) => void,
  ) {}

  /** Looks whether the line lives: goes on at once instead of waiting, and gives up a connection that is quiet. */
  check(): void {
    if (this.waiting || Date.now() - this.heard > QUIET_MS) this.now.abort()
  }

  async readForever(): Promise<void> {
    while (!this.signal.aborted) {
      this.now = new AbortController()
      const checked = this.now.signal
      const end = await readSse({
        url: `/api/v1/tenants/${this.tenant}/events`,
        lastId: this.lastId,
        signal: AbortSignal.any([this.signal, checked]),
        onOpen: () => this.onOpen(),
        onAlive: () => this.onAlive(),
        onMessage: message => this.onMessage(message),
      })
      if (this.signal.aborted) return
      if (end.kind === 'refused' && (end.status === 401 || end.status === 404)) {
        this.tell({ kind: 'event', event: { type: 'ended', reason: 'revoked' } })
      }
      // A line that breaks once is mostly there again at once; only then it is lost.
      const lost = end.kind === 'refused' || this.failures > 0 || navigator.onLine === false
      this.tell({ kind: 'state', live: { state: lost ? 'lost' : 'connecting', since: this.heard } })
      if (!checked.aborted) await this.pause()
      this.failures += 1
    }
  }

  private onOpen(): void {
    this.failures = 0
    this.heard = Date.now()
    this.beacon({ state: 'live', since: this.heard })
  }

  private onAlive(): void {
    this.heard = Date.now()
    if (this.heard - this.told > BEACON_MS && current.state === 'live') this.beacon(current)
  }

  private beacon(live: Live): void {
    this.told = Date.now()
    this.tell({ kind: 'state', live })
  }

  private onMessage(message: { id: string | null; event: string; data: string }): void {
    if (message.id) this.lastId = message.id
    const event = parseEvent(message.event, message.data)
    if (!event) return
    // The same process after a short break: it sends what was missed, so nothing needs to be fetched again.
    if (event.type === 'hello') {
      if (event.process === this.process) return
      this.process = event.process
    }
    this.tell({ kind: 'event', event })
  }

  private async pause(): Promise<void> {
    this.now = new AbortController()
    this.waiting = true
    await pause(backOff(this.failures), AbortSignal.any([this.signal, this.now.signal]))
    this.waiting = false
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
