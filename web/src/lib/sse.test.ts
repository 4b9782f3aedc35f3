import { afterEach, describe, expect, it, vi } from 'vitest'
import { readSse, SseParser } from '@/lib/sse'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('the parser', () => {
  const stream =
    ': hi\n\nid: p:1\nevent: guests\ndata: {"a":\ndata: 1}\n\r\ndata: x\r\n\r\nevent: empty\n\nretry: 5\ndata:no blank\n\n'
  const expected = [
    { id: 'p:1', event: 'guests', data: '{"a":\n1}' },
    { id: 'p:1', event: 'message', data: 'x' },
    { id: 'p:1', event: 'message', data: 'no blank' },
  ]

  it('reads a stream in one piece', () => {
    expect(new SseParser().push(stream)).toEqual(expected)
  })

  it('reads the same stream cut anywhere', () => {
    for (let size = 1; size < 12; size += 1) {
      const parser = new SseParser()
      const messages = []
      for (let at = 0; at < stream.length; at += size) messages.push(...parser.push(stream.slice(at, at + size)))
      expect(messages).toEqual(expected)
    }
  })
})

const options = (signal = new AbortController().signal) => ({
  url: '/events',
  lastId: null,
  signal,
  onOpen: vi.fn(),
  onMessage: vi.fn(),
})

describe('a stream', () => {
  it('says with which status it was refused', async () => {
    vi.stubGlobal('fetch', async () => new Response('', { status: 401 }))
    const opts = options()
    expect(await readSse(opts)).toEqual({ kind: 'refused', status: 401 })
    expect(opts.onOpen).not.toHaveBeenCalled()
  })

  it('is lost when nothing answers', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network')))
    expect(await readSse(options())).toEqual({ kind: 'lost' })
  })

  it('goes on from the last id, and is lost at its end', async () => {
    const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('id: 2\nevent: task\ndata: {}\n\n'))
    vi.stubGlobal('fetch', fetched)
    const opts = { ...options(), lastId: 'p:1' }
    expect(await readSse(opts)).toEqual({ kind: 'lost' })
    expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ 'last-event-id': 'p:1' })
    expect(opts.onMessage).toHaveBeenCalledWith({ id: '2', event: 'task', data: '{}' })
  })

  it('is taken for dead without heartbeats', async () => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', (_url: string, init: RequestInit) => {
      return new Promise((_resolve, reject) =>
        init.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      )
    })
    const end = readSse(options())
    await vi.advanceTimersByTimeAsync(35_000)
    expect(await end).toEqual({ kind: 'lost' })
  })
})
