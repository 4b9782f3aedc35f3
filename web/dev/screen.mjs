// @ts-check
/** A small RFB 3.8 server on a WebSocket that draws a still desktop and follows typed keys. Development only. */

const WIDTH = 1024
const HEIGHT = 768

/** @param {number} r @param {number} g @param {number} b */
const colour = (r, g, b) => (r << 16) | (g << 8) | b

function paint() {
  const pixels = new Uint32Array(WIDTH * HEIGHT)
  /** @param {number} x @param {number} y @param {number} w @param {number} h @param {number} c */
  const rect = (x, y, w, h, c) => {
    for (let row = y; row < y + h; row += 1) pixels.fill(c, row * WIDTH + x, row * WIDTH + x + w)
  }
  for (let y = 0; y < HEIGHT; y += 1) {
    rect(0, y, WIDTH, 1, colour(24 + Math.floor(y / 24), 44 + Math.floor(y / 14), 92 + Math.floor(y / 9)))
  }
  rect(0, HEIGHT - 40, WIDTH, 40, colour(18, 22, 30))
  for (let icon = 0; icon < 6; icon += 1)
    rect(12 + icon * 44, HEIGHT - 32, 24, 24, colour(60 + icon * 28, 120, 220 - icon * 24))
  rect(180, 110, 660, 460, colour(12, 14, 20))
  rect(180, 110, 660, 30, colour(48, 54, 66))
  for (const [index, c] of [colour(236, 106, 94), colour(244, 190, 79), colour(97, 197, 84)].entries()) {
    rect(194 + index * 22, 120, 11, 11, c)
  }
  for (let line = 0; line < 15; line += 1) {
    rect(
      200,
      160 + line * 24,
      90 + ((line * 97) % 420),
      9,
      line % 4 === 0 ? colour(120, 220, 140) : colour(170, 178, 190),
    )
  }
  return pixels
}

/** @param {Uint32Array} pixels */
function update(pixels) {
  const head = Buffer.alloc(16)
  head.writeUInt8(0, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt16BE(WIDTH, 8)
  head.writeUInt16BE(HEIGHT, 10)
  const body = Buffer.alloc(pixels.length * 4)
  for (let index = 0; index < pixels.length; index += 1) {
    const pixel = pixels[index] ?? 0
    body[index * 4] = pixel & 255
    body[index * 4 + 1] = (pixel >> 8) & 255
    body[index * 4 + 2] = (pixel >> 16) & 255
  }
  // The client asks for blue in the low byte or the high one; noVNC asks for red first.
  for (let index = 0; index < body.length; index += 4) {
    const blue = body[index] ?? 0
    body[index] = body[index + 2] ?? 0
    body[index + 2] = blue
  }
  return Buffer.concat([head, body])
}

function serverInit() {
  const name = Buffer.from('mock')
  const head = Buffer.alloc(24)
  head.writeUInt16BE(WIDTH, 0)
  head.writeUInt16BE(HEIGHT, 2)
  head.set([32, 24, 0, 1], 4)
  for (const offset of [8, 10, 12]) head.writeUInt16BE(255, offset)
  head.set([0, 8, 16], 14)
  head.writeUInt32BE(name.length, 20)
  return Buffer.concat([head, name])
}

/** @param {import('ws').WebSocket} socket */
export function serveScreen(socket) {
  const pixels = paint()
  let step = 0
  let typed = 0
  let pending = Buffer.alloc(0)
  socket.send(Buffer.from('RFB 003.008\n'))
  /** How long the message at the start of `pending` is, or 0 if more is needed. */
  const length = () => {
    if (step === 0) return 12
    if (step < 3) return 1
    const type = pending[0]
    if (type === 0) return 20
    if (type === 2) return pending.length < 4 ? 0 : 4 + pending.readUInt16BE(2) * 4
    if (type === 3) return 10
    if (type === 4) return 8
    if (type === 5) return 6
    if (type === 6) return pending.length < 8 ? 0 : 8 + pending.readUInt32BE(4)
    return pending.length
  }
  socket.on('message', data => {
    pending = Buffer.concat([pending, /** @type {Buffer} */ (data)])
    for (;;) {
      const size = length()
      if (size === 0 || pending.length < size) return
      const message = pending.subarray(0, size)
      pending = pending.subarray(size)
      if (step === 0) socket.send(Buffer.from([1, 1]))
      else if (step === 1) socket.send(Buffer.from([0, 0, 0, 0]))
      else if (step === 2) socket.send(serverInit())
      else if (message[0] === 3 && message[1] === 0) socket.send(update(pixels))
      else if (message[0] === 4 && message[1] === 1) {
        for (let row = 0; row < 12; row += 1) {
          const start = (530 + row) * WIDTH + 200 + (typed % 60) * 10
          pixels.fill(colour(240, 240, 250), start, start + 7)
        }
        typed += 1
        socket.send(update(pixels))
      }
      step += 1
    }
  })
}
