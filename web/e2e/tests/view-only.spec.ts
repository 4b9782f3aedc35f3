// View-only is kept by Nexus, not by the page: what a watcher sends never reaches the guest.

import { expect } from '@playwright/test'
import { consolePath, expectLive, type } from '../support/console.ts'
import { t } from '../support/texts.ts'
import { assigned, guestsOf, signIn, test } from '../support/world.ts'

/** Types of RFB messages that move a guest (RFC 6143, section 7.5). */
const INPUT = { key: 4, pointer: 5, cutText: 6, qemuKey: 255 }

test('typing in a view-only console changes nothing', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'watch')
  await page.goto(world.nexus.origin + consolePath(tenant, guest, true))
  await expectLive(page, guest, true)
  await world.simulator.forgetMessages(guest.vmid)
  await expect(page.getByText(t('console.view_only'))).toBeVisible()
  const screen = await world.simulator.screen(guest.vmid)
  await type(page, 'nobody may see this')
  const seen = (await world.simulator.messages(guest.vmid)).length
  // Later requests of the same connection show that everything before them has been through the filter.
  await expect.poll(async () => (await world.simulator.messages(guest.vmid)).length).toBeGreaterThan(seen)
  const types = await world.simulator.messages(guest.vmid)
  for (const input of Object.values(INPUT)) expect(types).not.toContain(input)
  expect(await world.simulator.screen(guest.vmid)).not.toContain('nobody')
  expect(screen).not.toContain('nobody')
})

test('a watcher whose page is not honest reaches the guest as little', async ({ page, world }) => {
  await signIn(page, world.nexus.origin, world.person('viewer'))
  const { tenant, guests } = await guestsOf(page, world.nexus.origin)
  const guest = assigned(world, guests, 'watch')
  await world.simulator.forgetMessages(guest.vmid)
  const answered = await page.evaluate(sendInput, {
    open: `/api/v1/tenants/${tenant.id}/guests/${guest.server.id}/${guest.type}/${guest.vmid}/console`,
  })
  expect(answered, 'the guest answered the request behind the input').toBe(true)
  const types = await world.simulator.messages(guest.vmid)
  for (const input of Object.values(INPUT)) expect(types).not.toContain(input)
})

/** Runs in the page: speaks RFB by hand, sends keys, clicks and clipboard, then asks for a picture and waits for it. */
async function sendInput({ open }: { open: string }): Promise<boolean> {
  const answer = await fetch(open, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ view_only: true }),
  })
  const { path } = await answer.json()
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')), ['binary'])
  socket.binaryType = 'arraybuffer'
  let received = new Uint8Array()
  let wake = () => {}
  socket.onmessage = event => {
    received = new Uint8Array([...received, ...new Uint8Array(event.data)])
    wake()
  }
  let closed = false
  socket.onclose = () => {
    closed = true
    wake()
  }
  const take = async (count: number) => {
    while (received.length < count) {
      if (closed) throw new Error('the console closed')
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
    const taken = received.slice(0, count)
    received = received.slice(count)
    return taken
  }
  await take(12)
  socket.send(new TextEncoder().encode('RFB 003.008\n'))
  const [count = 0] = await take(1)
  await take(count)
  socket.send(new Uint8Array([1]))
  await take(4)
  socket.send(new Uint8Array([1]))
  const init = await take(24)
  await take(new DataView(init.buffer).getUint32(20))
  const key = [4, 1, 0, 0, 0, 0, 0, 0x61]
  const pointer = [5, 1, 0, 10, 0, 10]
  const cutText = [6, 0, 0, 0, 0, 0, 0, 1, 0x61]
  const qemuKey = [255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30]
  for (const message of [key, pointer, cutText, qemuKey, [...key, ...key]]) socket.send(new Uint8Array(message))
  // A whole update of the upper left corner, which is answered at once.
  socket.send(new Uint8Array([3, 0, 0, 0, 0, 0, 0, 16, 0, 16]))
  const [first] = await take(1)
  socket.close()
  return first === 0
}
