// The instruments that the other tests trust: the search for secrets and the recorder.

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@playwright/test'
import { Recorder } from '../support/recorder.ts'
import { leaks } from '../support/search.ts'

const secret = { name: 'token', value: '1b4e28ba-2fa1-11d2-883f-0016d3cca427' }

test('the search finds a secret in every form', () => {
  const { value } = secret
  const hidden = [
    value,
    value.toUpperCase(),
    encodeURIComponent(value),
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('base64'),
    Buffer.from(`x${value}`).toString('base64'),
    Buffer.from(`PVEAPIToken=nexus@pve!broker=${value}`).toString('base64'),
  ]
  for (const form of hidden) expect(leaks(Buffer.from(`{"a":"${form}"}`), [secret]), form).toEqual(['token'])
  expect(leaks(Buffer.from('{"a":"1b4e28ba-2fa1-11d2-883f-0016d3cca428"}'), [secret])).toEqual([])
})

test('the search finds a port as a number by itself', () => {
  const port = { name: 'port', value: '5900' }
  expect(leaks(Buffer.from('{"port":5900}'), [port])).toEqual(['port'])
  expect(leaks(Buffer.from('{"port":"5900"}'), [port])).toEqual(['port'])
  expect(leaks(Buffer.from('{"memory":159001}'), [port])).toEqual([])
})

test('the recorder keeps bodies, headers and WebSocket bytes of both directions', async ({ page }) => {
  const server = http.createServer((request, answer) => {
    const zipped = request.headers['accept-encoding']?.includes('gzip')
    const body = '<title>plain</title>the body of the page'
    answer.writeHead(200, { 'content-type': 'text/html', 'x-note': 'header-note', ...(zipped && { 'content-encoding': 'gzip' }) })
    answer.end(zipped ? gzipSync(body) : body)
  })
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n')
    socket.write('sec-websocket-accept: not-checked-here\r\n\r\nframe-from-server')
    socket.end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const recorder = await Recorder.start()
  recorder.aim('127.0.0.1', (server.address() as AddressInfo).port)
  await page.goto(recorder.origin)
  await expect(page).toHaveTitle('plain')
  const closed = page.evaluate(
    origin => new Promise(resolve => new WebSocket(`${origin.replace('http', 'ws')}/socket`).addEventListener('close', resolve)),
    recorder.origin,
  )
  await closed
  const received = recorder.received().toString('latin1')
  for (const part of ['the body of the page', 'header-note', 'frame-from-server']) expect(received).toContain(part)
  expect(recorder.sent().toString('latin1')).toContain('GET /socket')
  await recorder.stop()
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
})
