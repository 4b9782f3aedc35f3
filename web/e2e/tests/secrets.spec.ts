// Nothing of Proxmox reaches a browser that should not: a viewer's whole traffic is recorded and searched.

import { expect, test } from '@playwright/test'
import { consolePath, expectLive, type } from '../support/console.ts'
import { Nexus } from '../support/nexus.ts'
import { Recorder } from '../support/recorder.ts'
import { leaks, type Secret } from '../support/search.ts'
import { Simulator } from '../support/simulator.ts'
import { t } from '../support/texts.ts'
import { guestsOf, signIn, temporaryFolder } from '../support/world.ts'

let end: (() => Promise<void>) | undefined

test.afterEach(async () => {
  await end?.()
  end = undefined
})

/** Everything that a viewer must never get: secrets, and where and what the servers are. */
async function forbidden(simulator: Simulator): Promise<Secret[]> {
  const found: Secret[] = []
  for (const cluster of simulator.clusters) {
    const [id = '', value = ''] = cluster.token.split('=')
    found.push({ name: `token of ${cluster.name}`, value }, { name: `token id of ${cluster.name}`, value: id })
    found.push({ name: `user of ${cluster.name}`, value: id.split('!')[0] ?? '' })
    for (const node of cluster.nodes) {
      found.push({ name: `port of ${node.name}`, value: String(node.port) })
      found.push({ name: `address of ${node.name}`, value: node.host })
      found.push({ name: `certificate of ${node.name}`, value: node.fingerprint })
      found.push({ name: `name of ${node.name}`, value: node.name })
    }
  }
  for (const [index, value] of (await simulator.secrets()).entries()) found.push({ name: `console secret ${index}`, value })
  return found
}

test('nothing of Proxmox is in a viewer\'s traffic', async ({ page }) => {
  const { folder, remove } = temporaryFolder()
  const simulator = await Simulator.start(folder)
  const recorder = await Recorder.start()
  const nexus = await Nexus.start({ folder, fleet: simulator.fleetFile, ports: simulator.ports(), publicUrl: recorder.origin })
  end = async () => {
    await recorder.stop()
    await nexus.stop()
    await simulator.stop()
    remove()
  }
  recorder.aim(nexus.host, nexus.port)
  const viewer = nexus.credentials().users.find(person => person.role === 'viewer')
  if (!viewer) throw new Error('the demo has no viewer')
  await signIn(page, recorder.origin, viewer)
  const { tenant, guests } = await guestsOf(page, recorder.origin)
  expect(guests).toHaveLength(3)
  const [work, watch, start] = nexus.credentials().assigned.map(right => guests.find(guest => guest.vmid === right.vmid))
  if (!work || !watch || !start) throw new Error('the viewer lacks guests')
  await expect(page.getByText(work.name).first()).toBeVisible()
  await page.goto(recorder.origin + consolePath(tenant, work))
  await expectLive(page, work)
  await type(page, 'x')
  await page.goto(recorder.origin + consolePath(tenant, watch, true))
  await expectLive(page, watch, true)
  await page.goto(recorder.origin + consolePath(tenant, start))
  await page.getByRole('button', { name: t('console.start', { name: start.name }) }).click()
  await expectLive(page, start)
  // What fails must say as little: a server that is away, a page that is not theirs.
  await simulator.refuseConnections()
  await page.goto(recorder.origin + consolePath(tenant, work))
  await expect(page.getByRole('heading', { name: t('reason.pve_unreachable.title') })).toBeVisible({ timeout: 40_000 })
  await simulator.clearFaults()
  for (const path of ['servers', 'tasks']) await page.request.get(`${recorder.origin}/api/v1/tenants/${tenant.id}/${path}`)
  await page.goto(`${recorder.origin}/t/${tenant.slug}/servers`)
  const received = recorder.received()
  expect(received.includes('RFB 003.008'), 'consoles were recorded').toBe(true)
  expect(received.includes(work.name), 'lists were recorded').toBe(true)
  const all = await forbidden(simulator)
  expect(all.filter(({ name }) => name.startsWith('console secret')).length).toBeGreaterThan(4)
  expect(leaks(received, all)).toEqual([])
  expect(leaks(recorder.sent(), all)).toEqual([])
})
