/** Server-sent events over fetch: unlike EventSource it shows the status code and the heartbeats. */

export type SseMessage = { id: string | null; event: string; data: string }

/** Cuts a stream of text into messages. Feed it pieces as they come; heartbeats (comments) give no message. */
export class SseParser {
  private rest = ''
  private id: string | null = null
  private event = ''
  private data: string[] = []

  push(chunk: string): SseMessage[] {
    const messages: SseMessage[] = []
    const text = this.rest + chunk
    let start = 0
    for (;;) {
      const end = text.indexOf('\n', start)
      if (end < 0) break
      const line = text.slice(start, text[end - 1] === '\r' && end > start ? end - 1 : end)
      start = end + 1
      const message = this.line(line)
      if (message) messages.push(message)
    }
    this.rest = text.slice(start)
    return messages
  }

  private line(line: string): SseMessage | null {
    if (line === '') return this.finish()
    if (line.startsWith(':')) return null
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    let value = colon < 0 ? '' : line.slice(colon + 1)
    if (value.startsWith(' ')) value = value.slice(1)
    if (field === 'data') this.data.push(value)
    else if (field === 'event') this.event = value
    else if (field === 'id') this.id = value
    return null
  }

  private finish(): SseMessage | null {
    const message = { id: this.id, event: this.event || 'message', data: this.data.join('\n') }
    const empty = this.data.length === 0
    this.event = ''
    this.data = []
    return empty ? null : message
  }
}

/** Without a byte for this long (two heartbeats are 30 s) the line is taken for dead. */
const SILENCE_MS = 35_000

export type SseEnd = { kind: 'refused'; status: number } | { kind: 'lost' }

type SseOptions = {
  url: string
  lastId: string | null
  signal: AbortSignal
  onOpen: () => void
  /** Something came, be it a heartbeat. */
  onAlive?: () => void
  onMessage: (message: SseMessage) => void
}

/** Reads one stream until it ends, and says how. */
export async function readSse({ url, lastId, signal, onOpen, onAlive, onMessage }: SseOptions): Promise<SseEnd> {
  const dead = new AbortController()
  let timer = setTimeout(() => dead.abort(), SILENCE_MS)
  try {
    const headers: Record<string, string> = { accept: 'text/event-stream' }
    if (lastId) headers['last-event-id'] = lastId
    const response = await fetch(url, { headers, cache: 'no-store', signal: AbortSignal.any([signal, dead.signal]) })
    if (!response.ok || !response.body) return { kind: 'refused', status: response.status }
    onOpen()
    const parser = new SseParser()
    const decoder = new TextDecoder()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { kind: 'lost' }
      clearTimeout(timer)
      timer = setTimeout(() => dead.abort(), SILENCE_MS)
      onAlive?.()
      for (const message of parser.push(decoder.decode(value, { stream: true }))) onMessage(message)
    }
  } catch {
    return { kind: 'lost' }
  } finally {
    clearTimeout(timer)
  }
}
