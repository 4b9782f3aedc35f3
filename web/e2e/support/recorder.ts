// A proxy between a browser and Nexus that keeps every byte of both directions.
//
// It asks the server for uncompressed answers and unmasks nothing it sends on: what it keeps is what the browser got.

import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import net from 'node:net'
import type { Duplex } from 'node:stream'

export class Recorder {
  readonly origin: string
  /** What the server sent: status lines, headers, bodies, event streams, WebSocket frames. */
  private readonly fromServer: Buffer[] = []
  /** What the browser sent, WebSocket payloads unmasked. */
  private readonly fromBrowser: Buffer[] = []
  private readonly server: http.Server
  private readonly sockets = new Set<Duplex>()
  private target = { host: '127.0.0.1', port: 0 }

  private constructor(server: http.Server) {
    this.server = server
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<Recorder> {
    const server = http.createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const recorder = new Recorder(server)
    server.on('connection', (socket: Socket) => recorder.track(socket))
    server.on('request', (request, answer) => recorder.forward(request, answer))
    server.on('upgrade', (request, socket, head) => recorder.upgrade(request, socket, head))
    return recorder
  }

  /** Where requests go from now on. */
  aim(host: string, port: number): void {
    this.target = { host, port }
  }

  received(): Buffer {
    return Buffer.concat(this.fromServer)
  }

  sent(): Buffer {
    return Buffer.concat(this.fromBrowser)
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    await new Promise(resolve => this.server.close(resolve))
  }

  private track(socket: Duplex): void {
    this.sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.sockets.delete(socket))
  }

  private forward(request: http.IncomingMessage, answer: http.ServerResponse): void {
    const headers = { ...request.headers, 'accept-encoding': 'identity' }
    this.fromBrowser.push(head(`${request.method} ${request.url}`, request.rawHeaders))
    const onward = http.request({ ...this.target, method: request.method, path: request.url, headers, agent: false })
    onward.on('response', reply => {
      this.fromServer.push(head(`${reply.statusCode} ${reply.statusMessage}`, reply.rawHeaders))
      reply.on('data', (bytes: Buffer) => this.fromServer.push(bytes))
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      answer.flushHeaders()
      reply.pipe(answer)
      reply.on('error', () => answer.destroy())
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    request.on('data', (bytes: Buffer) => this.fromBrowser.push(bytes))
    request.pipe(onward)
  }

  private upgrade(request: http.IncomingMessage, browser: Duplex, rest: Buffer): void {
    const onward = net.connect(this.target.port, this.target.host)
    this.track(onward)
    const lines = [`${request.method} ${request.url} HTTP/1.1`]
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
      lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`)
    }
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    onward.write(rest)
    this.fromBrowser.push(head(`${request.method} ${request.url}`, request.rawHeaders))
    const unmask = new Unmasker(payload => this.fromBrowser.push(payload))
    unmask.write(rest)
    browser.on('data', (bytes: Buffer) => unmask.write(bytes))
    onward.on('data', (bytes: Buffer) => this.fromServer.push(bytes))
    browser.pipe(onward)
    onward.pipe(browser)
    browser.on('close', () => onward.destroy())
    onward.on('close', () => browser.destroy())
  }
}

function head(first: string, raw: string[]): Buffer {
  const lines = [first]
  for (let i = 0; i < raw.length; i += 2) lines.push(`${raw[i]}: ${raw[i + 1]}`)
  return Buffer.from(`\n${lines.join('\n')}\n\n`)
}

/** Reads WebSocket frames as they pass and hands out their payloads unmasked (RFC 6455, section 5.2). */
class Unmasker {
  private pending = Buffer.alloc(0)
  private readonly found: (payload: Buffer) => void

  constructor(found: (payload: Buffer) => void) {
    this.found = found
  }

  write(bytes: Buffer): void {
    this.pending = Buffer.concat([this.pending, bytes])
    for (let frame = this.frame(); frame; frame = this.frame()) this.found(frame)
  }

  private frame(): Buffer | undefined {
    const bytes = this.pending
    if (bytes.length < 2) return undefined
    const short = bytes.readUInt8(1) & 0x7f
    const lengthSize = short === 126 ? 2 : short === 127 ? 8 : 0
    const masked = (bytes.readUInt8(1) & 0x80) !== 0
    const headSize = 2 + lengthSize + (masked ? 4 : 0)
    if (bytes.length < headSize) return undefined
    const length =
      lengthSize === 0 ? short : lengthSize === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < headSize + length) return undefined
    const payload = Buffer.from(bytes.subarray(headSize, headSize + length))
    if (masked) {
      const key = bytes.subarray(headSize - 4, headSize)
      for (let i = 0; i < payload.length; i++) payload.writeUInt8(payload.readUInt8(i) ^ key.readUInt8(i % 4), i)
    }
    this.pending = Buffer.from(bytes.subarray(headSize + length))
    return payload
  }
}
