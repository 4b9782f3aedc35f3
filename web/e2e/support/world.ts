// One world for a worker's tests: the simulated fleet and Nexus in front of it, with the demo's people.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test as base, expect, type Page } from '@playwright/test'
import { Nexus, type Person } from './nexus.ts'
import { Simulator } from './simulator.ts'
import { t } from './texts.ts'

export interface Guest {
  server: { id: string; name: string }
  type: 'qemu' | 'lxc'
  vmid: number
  name: string
  status: string
  template: boolean
  tags: string[]
  may: { console: boolean; watch: boolean; power: boolean }
}

export interface Tenant {
  id: string
  slug: string
}

export class World {
  readonly folder: string
  readonly simulator: Simulator
  readonly nexus: Nexus

  private constructor(folder: string, simulator: Simulator, nexus: Nexus) {
    this.folder = folder
    this.simulator = simulator
    this.nexus = nexus
  }

  static async start(folder: string): Promise<World> {
    const simulator = await Simulator.start(folder)
    const nexus = await Nexus.start({ folder, fleet: simulator.fleetFile, ports: simulator.ports() })
    return new World(folder, simulator, nexus)
  }

  async stop(): Promise<void> {
    await this.nexus.stop()
    await this.simulator.stop()
  }

  person(role: Person['role']): Person {
    const found = this.nexus.credentials().users.find(person => person.role === role)
    if (!found) throw new Error(`the demo has no ${role}`)
    return found
  }
}

/** A folder of the worker's own, gone at its end. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'nexus-e2e-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const test = base.extend<object, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern.
    async ({}, use) => {
      const { folder, remove } = temporaryFolder()
      const world = await World.start(folder)
      await use(world)
      await world.stop()
      remove()
    },
    { scope: 'worker', timeout: 120_000 },
  ],
})

/** Signs in by the form, as a person does, and waits for the page behind it. */
export async function signIn(page: Page, origin: string, person: { email: string; password: string }): Promise<void> {
  await page.goto(`${origin}/sign-in`)
  await page.getByLabel(t('sign_in.email')).fill(person.email)
  await page.getByLabel(t('sign_in.password'), { exact: true }).fill(person.password)
  await page.getByRole('button', { name: t('sign_in.submit') }).click()
  await expect(page).not.toHaveURL(/\/sign-in/)
}

/** The guest that the demo's viewer may use in one way: work with, watch alone, or start. */
export function assigned(world: World, guests: Guest[], way: 'work' | 'watch' | 'start'): Guest {
  const index = { work: 0, watch: 1, start: 2 }[way]
  const right = world.nexus.credentials().assigned[index]
  const found = guests.find(({ server, type, vmid }) => server.id === right?.server && type === right.type && vmid === right.vmid)
  if (!found) throw new Error(`the viewer has no guest to ${way}`)
  return found
}

/** What the signed-in person's API says; the tests read it to choose guests, never to judge the page. */
export async function guestsOf(page: Page, origin: string): Promise<{ tenant: Tenant; guests: Guest[] }> {
  const me = await (await page.request.get(`${origin}/api/v1/me`)).json()
  const tenant: Tenant = me.tenants[0]
  const list = await (await page.request.get(`${origin}/api/v1/tenants/${tenant.id}/guests?limit=1000`)).json()
  return { tenant, guests: list.guests }
}
