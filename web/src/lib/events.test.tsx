import { QueryClient } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keys } from '@/lib/api/keys'
import { followTenant, useLive } from '@/lib/events'

const T = 'tenant'
const HOUR = 3_600_000

/** One connection that was made: what is sent into it, and whether the page still reads it. */
type Connection = { send: (text: string) => void; end: () => void; aborted: () => boolean; lastId: string | null }

let connections: Connection[]
let refused: number | null
let client: QueryClient
let stop: AbortController

function connect(_url: string, init: RequestInit): Promise<Response> {
  if (refused !== null) return Promise.resolve(new Response('', { status: refused }))
  const encoder = new TextEncoder()
  let aborted = false
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      connections.push({
        send: text => controller.enqueue(encoder.encode(text)),
        end: () => controller.close(),
        aborted: () => aborted,
        lastId: (init.headers as Record<string, string>)['last-event-id'] ?? null,
      })
      init.signal?.addEventListener('abort', () => {
        if (aborted) return
        aborted = true
        controller.error(new DOMException('aborted', 'AbortError'))
      })
    },
  })
  return Promise.resolve(new Response(body))
}

const wait = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds))
const last = () => connections.at(-1) as Connection
const hello = (process = 'p') => `id: ${process}:1\nevent: hello\ndata: {"process":"${process}"}\n\n`

beforeEach(() => {
  vi.useFakeTimers()
  connections = []
  refused = null
  vi.stubGlobal('fetch', connect)
  // Each test is a browser of one tab.
  vi.stubGlobal('BroadcastChannel', undefined)
  client = new QueryClient()
  client.setQueryData(keys.guests(T), { guests: [], servers: [], next_cursor: null })
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const stale = () => client.getQueryState(keys.guests(T))?.isInvalidated
const fresh = () => client.setQueryData(keys.guests(T), { guests: [], servers: [], next_cursor: null })

function follow() {
  followTenant(client, T, stop.signal)
  return renderHook(() => useLive()).result
}

it('is live once the stream is open, and says since when', async () => {
  const live = follow()
  expect(live.current.state).toBe('connecting')
  await wait(10)
  expect(live.current).toMatchObject({ state: 'live' })
  last().send(hello())
  await wait(10)
  expect(stale()).toBe(true)
})

it('reads anew after an hour of sleep, and fetches what was missed', async () => {
  const live = follow()
  await wait(10)
  last().send(hello())
  await wait(10)
  fresh()
  vi.setSystemTime(Date.now() + HOUR)
  await wait(5_000)
  expect(connections).toHaveLength(2)
  expect(connections[0]?.aborted()).toBe(true)
  expect(last().lastId).toBe('p:1')
  expect(stale()).toBe(true)
  await wait(10)
  expect(live.current.state).toBe('live')
})

it('keeps a line that lives when the page is seen again', async () => {
  follow()
  await wait(10)
  await wait(14_000)
  last().send(': heartbeat\n\n')
  await wait(3_000)
  document.dispatchEvent(new Event('visibilitychange'))
  await wait(100)
  expect(connections).toHaveLength(1)
})

it('gives up a line that says nothing when the page is seen again', async () => {
  follow()
  await wait(25_000)
  document.dispatchEvent(new Event('visibilitychange'))
  await wait(100)
  expect(connections).toHaveLength(2)
})

it('is connecting after the first break, then lost since it was last heard of', async () => {
  const live = follow()
  await wait(10)
  last().send(': heartbeat\n\n')
  await wait(10)
  const heard = Date.now()
  refused = 503
  last().end()
  await wait(10)
  expect(live.current.state).toBe('connecting')
  await wait(60_000)
  expect(live.current.state).toBe('lost')
  expect(Math.abs(live.current.since - heard)).toBeLessThan(100)
})

it('does not wait for the next attempt when the network is back', async () => {
  refused = 503
  const live = follow()
  await wait(60_000)
  expect(live.current.state).toBe('lost')
  refused = null
  globalThis.dispatchEvent(new Event('online'))
  await wait(10)
  expect(live.current.state).toBe('live')
})
