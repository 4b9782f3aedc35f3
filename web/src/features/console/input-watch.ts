/** Client messages that Nexus takes for somebody's hands (RFC 6143, 7.5, and QEMU's keys): all else keeps no console open. */
const KEY = 4
const POINTER = 5
const CUT_TEXT = 6
const QEMU = 255
const HANDS: ReadonlySet<number> = new Set([KEY, POINTER, CUT_TEXT, QEMU])

/** Type, buttons, and the place. With more buttons than seven the message is longer, and is not said again. */
const POINTER_LENGTH = 6

/**
 * When hands were last felt in a console, as Nexus counts it: by what goes through the socket. noVNC sends every
 * message by itself.
 */
export class InputWatch {
  private pointer: Uint8Array<ArrayBuffer> | null = null
  /** In milliseconds. */
  at: number

  constructor(now: number) {
    this.at = now
  }

  /** What noVNC sends; it uses its buffer again, so what is kept is a copy. */
  sent(data: Uint8Array, now: number): void {
    const kind = data[0] ?? 0
    if (!HANDS.has(kind)) return
    this.at = now
    if (kind === POINTER && data.length === POINTER_LENGTH) this.pointer = new Uint8Array(data)
  }

  /** The pointer once more where it is, with no button down; where it never was, the middle, which opens nothing. */
  nudge(width: number, height: number): Uint8Array<ArrayBuffer> {
    const message = this.pointer ? new Uint8Array(this.pointer) : new Uint8Array(POINTER_LENGTH)
    message[0] = POINTER
    message[1] = 0
    if (this.pointer) return message
    const view = new DataView(message.buffer)
    view.setUint16(2, Math.floor(width / 2))
    view.setUint16(4, Math.floor(height / 2))
    return message
  }
}
