import RFB from '@novnc/novnc'
import { InputWatch } from '@/features/console/input-watch'
import { type Key, strokes } from '@/features/console/keys'

/** The only file that knows noVNC: one connected screen on one WebSocket. */

export type Scale = 'fit' | 'native'
export type Quality = 'high' | 'balanced' | 'low'

const QUALITY: Record<Quality, { quality: number; compression: number }> = {
  high: { quality: 9, compression: 1 },
  balanced: { quality: 6, compression: 2 },
  low: { quality: 2, compression: 8 },
}

/** The server refuses at once or answers within 25 s; after that the line is taken for dead. */
const CONNECT_MS = 30_000

export type ScreenOptions = {
  target: HTMLElement
  url: string
  viewOnly: boolean
  onLive: () => void
  onClosed: (code: number, reason: string) => void
  onClipboard: (text: string) => void
  /** The last picture, just before it goes. */
  onStill: (picture: HTMLCanvasElement) => void
}

export class Screen {
  private readonly rfb: RFB
  private readonly target: HTMLElement
  private over = false
  private readonly socket: WebSocket
  private input = new InputWatch(Date.now())
  /** When the console began, in milliseconds. */
  openedAt = Date.now()

  constructor(options: ScreenOptions) {
    const { target, url, viewOnly, onLive, onClosed, onClipboard, onStill } = options
    this.target = target
    // The page makes the socket itself, since noVNC does not pass on the close code.
    const socket = new WebSocket(url, ['binary'])
    this.socket = socket
    const send = socket.send.bind(socket)
    socket.send = data => {
      if (data instanceof Uint8Array) this.input.sent(data, Date.now())
      send(data)
    }
    socket.addEventListener('open', () => {
      this.openedAt = Date.now()
      this.input = new InputWatch(this.openedAt)
    })
    const timer = setTimeout(() => socket.close(), CONNECT_MS)
    // Before noVNC's own listener, so that the canvas is still there.
    socket.addEventListener('close', event => {
      clearTimeout(timer)
      if (this.over) return
      this.over = true
      const canvas = target.querySelector('canvas')
      if (canvas && canvas.width > 0) onStill(canvas)
      onClosed(event.code, event.reason)
    })
    this.rfb = new RFB(target, socket, { shared: true })
    this.rfb.viewOnly = viewOnly
    this.rfb.background = 'transparent'
    this.rfb.addEventListener('connect', () => {
      clearTimeout(timer)
      if (!this.over) onLive()
    })
    this.rfb.addEventListener('clipboard', event => onClipboard(event.detail.text))
  }

  /** Names the canvas for screen readers. */
  label(text: string): void {
    const canvas = this.target.querySelector('canvas')
    canvas?.setAttribute('role', 'application')
    canvas?.setAttribute('aria-label', text)
  }

  set(scale: Scale, quality: Quality): void {
    this.rfb.scaleViewport = scale === 'fit'
    this.rfb.qualityLevel = QUALITY[quality].quality
    this.rfb.compressionLevel = QUALITY[quality].compression
  }

  focus(): void {
    this.rfb.focus({ preventScroll: true })
  }

  send(keys: readonly Key[]): void {
    for (const { key, down } of strokes(keys)) this.rfb.sendKey(key[0], key[1], down)
  }

  paste(text: string): void {
    this.rfb.clipboardPasteFrom(text)
  }

  /** When hands were last felt, as Nexus counts it; in milliseconds. */
  get inputAt(): number {
    return this.input.at
  }

  /** Input that does nothing, so that the console does not count as idle. */
  stay(): void {
    const canvas = this.target.querySelector('canvas')
    if (this.socket.readyState === WebSocket.OPEN)
      this.socket.send(this.input.nudge(canvas?.width ?? 2, canvas?.height ?? 2))
  }

  picture(): Promise<Blob | null> {
    return new Promise(resolve => this.rfb.toBlob(resolve, 'image/png'))
  }

  /** Ends it from this side; nothing is reported any more. */
  close(): void {
    this.over = true
    try {
      this.rfb.disconnect()
    } catch {
      // It was over already.
    }
  }
}
