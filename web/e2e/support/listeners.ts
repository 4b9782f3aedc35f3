// The other ends of alerts: a mail server and a web server that only listen, and keep what they were told.

import { createHmac } from 'node:crypto'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'

/** Waits for one of `kept` that `wanted` accepts, half a minute at most. */
async function arrived<T>(kept: T[], what: string, wanted: (one: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = kept.find(wanted)
    if (found) return found
    if (Date.now() > deadline) throw new Error(`${what} did not come; ${kept.length} others did`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

/** A port of loopback where nothing listens. */
export async function freePort(): Promise<number> {
  const server = net.createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

export interface Mail {
  to: string
  /** Headers and bodies as they came. */
  text: string
}

/** SMTP without TLS and without a password, as a relay on the same machine is. */
export class Mailbox {
  readonly mails: Mail[] = []
  readonly port: number
  private readonly server: net.Server

  private constructor(server: net.Server) {
    this.server = server
    this.port = (server.address() as AddressInfo).port
    server.on('connection', socket => this.serve(socket))
  }

  static async start(): Promise<Mailbox> {
    const server = net.createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new Mailbox(server)
  }

  async mail(to: string, subject: RegExp): Promise<Mail> {
    return await arrived(this.mails, `a mail to ${to} about ${subject}`, mail => mail.to === to && subject.test(mail.text))
  }

  stop(): void {
    this.server.close()
  }

  private serve(socket: net.Socket): void {
    let rest = ''
    let to = ''
    let data: string[] | undefined
    socket.on('error', () => socket.destroy())
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 mailbox')
    socket.on('data', bytes => {
      const lines = (rest + bytes.toString()).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        if (data && line !== '.') data.push(line)
        else if (data) {
          this.mails.push({ to, text: data.join('\n') })
          data = undefined
          say('250 kept')
        } else if (/^RCPT TO:/i.test(line)) {
          to = /<(.*?)>/.exec(line)?.[1] ?? ''
          say('250 ok')
        } else if (/^DATA/i.test(line)) {
          data = []
          say('354 go on')
        } else if (/^QUIT/i.test(line)) {
          say('221 bye')
          socket.end()
        } else say('250 ok')
      }
    })
  }
}

export interface Call {
  headers: http.IncomingHttpHeaders
  body: string
  event: string
}

/** A receiver of webhooks that checks nothing by itself. */
export class Receiver {
  readonly calls: Call[] = []
  readonly url: string
  /** What it answers. */
  status = 204
  private readonly server: http.Server

  private constructor(server: http.Server) {
    this.server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
    server.on('request', (request, answer) => {
      const parts: Buffer[] = []
      request.on('data', (bytes: Buffer) => parts.push(bytes))
      request.on('end', () => {
        const body = Buffer.concat(parts).toString()
        this.calls.push({ headers: request.headers, body, event: JSON.parse(body).event })
        answer.writeHead(this.status).end()
      })
    })
  }

  static async start(): Promise<Receiver> {
    const server = http.createServer()
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    return new Receiver(server)
  }

  async call(event: string): Promise<Call> {
    return await arrived(this.calls, `the event ${event}`, call => call.event === event)
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}

/** The signature that a call must carry, by the rules of Standard Webhooks. */
export function signature(call: Call, secret: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${call.headers['webhook-id']}.${call.headers['webhook-timestamp']}.${call.body}`
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
