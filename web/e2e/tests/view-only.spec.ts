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

/** What a watcher's own program could send: a key, a click, clipboard text, QEMU's kind of key. */
const MESSAGES: Record<keyof typeof INPUT, number[]> = {
  key: [4, 1, 0, 0, 0, 0, 0, 0x61],
  pointer: [5, 1, 0, 10, 0, 10],
  cutText: [6, 0, 0, 0, 0, 0, 0, 1, 0x61],
  qemuKey: [255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30],
}

for (const [name, message] of Object.entries(MESSAGES)) {
  test(`a watcher whose program sends a ${name} is cut off, and the guest gets nothing`, async ({ page, world }) => {
    await signIn(page, world.nexus.origin, world.person('viewer'))
    const { tenant, guests } = await guestsOf(page, world.nexus.origin)
    const guest = assigned(world, guests, 'watch')
    await world.simulator.forgetMessages(guest.vmid)
    const open = `/api/v1/tenants/${tenant.id}/guests/${guest.server.id}/${guest.type}/${guest.vmid}/console`
    const { pictures, closed } = await page.evaluate(sendInput, { open, message })
    expect(pictures, 'the session worked until then').toBe(1)
    expect(closed).toBe('4014 protocol_error')
    const types = await world.simulator.messages(guest.vmid)
    expect(types, 'the request before the input arrived').toContain(3)
    for (const input of Object.values(INPUT)) expect(types).not.toContain(input)
  })
}

/** Runs in the page: speaks RFB by hand, waits for a picture, sends `message` and waits for the end. */
async function sendInput({ open, message }: { open: string; message: number[] }) {
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
  let closed = ''
  socket.onmessage = event => {
    received = new Uint8Array([...received, ...new Uint8Array(event.data)])
    wake()
  }
  socket.onclose = event => {
    closed = `${event.code} ${event.reason}`
    wake()
  }
  const until = async (ready: () => boolean) => {
    while (!ready()) {
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  const take = async (count: number) => {
    await until(() => received.length >= count || closed !== '')
    if (received.length < count) throw new Error(`the console closed too early: ${closed}`)
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
  // The whole upper left corner, which is answered at once.
  socket.send(new Uint8Array([3, 0, 0, 0, 0, 0, 0, 16, 0, 16]))
  const [kind] = await take(1)
  socket.send(new Uint8Array(message))
  await until(() => closed !== '')
  return { pictures: kind === 0 ? 1 : 0, closed }
}
