// A Nexus of a test's own, set up as an operator would, with one admin and the servers of a simulated fleet.

import { type Browser, expect, type Page } from '@playwright/test'
import { Nexus } from './nexus.ts'
import { Simulator } from './simulator.ts'
import { signIn, temporaryFolder } from './world.ts'

export const ADMIN = { email: 'ada@example.org', password: 'correct-horse-battery-staple' }
const SECRET = '4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e'
const PRIVILEGES = [
  'VM.Audit', 'VM.Console', 'VM.PowerMgmt', 'VM.Snapshot', 'VM.Snapshot.Rollback', 'VM.GuestAgent.Audit', 'Sys.Audit',
  'Datastore.Audit', 'Pool.Audit', 'VM.Config.Options',
]

export interface LabGuest {
  vmid: number
  name: string
  node: string
  /** More fields of the simulator's guest, as TOML. */
  more?: string
}

/** A cluster for the simulator, as TOML. */
export function cluster(name: string, nodes: string[], guests: LabGuest[]): string {
  const rows = guests.map(({ vmid, name, node, more }) =>
    `  { vmid = ${vmid}, node = "${node}", name = "${name}", ${more ?? 'kind = "qemu", status = "running", screen = "builtin"'} },`)
  return `
[[cluster]]
version = "9.2"
cluster = "${name}"
nodes = [${nodes.map(node => `{ name = "${node}", listen = "127.0.0.1:0" }`).join(', ')}]
guests = [
${rows.join('\n')}
]

[[cluster.tokens]]
id = "nexus@pve!broker"
secret = "${SECRET}"
acl = [["/", [${PRIVILEGES.map(name => `"${name}"`).join(', ')}]]]
`
}

interface LabOptions {
  clusters: string
  settings?: Record<string, string>
  port?: number
}

export class Lab {
  readonly nexus: Nexus
  readonly simulator: Simulator
  readonly tenant: string
  private readonly remove: () => void

  private constructor(nexus: Nexus, simulator: Simulator, tenant: string, remove: () => void) {
    this.nexus = nexus
    this.simulator = simulator
    this.tenant = tenant
    this.remove = remove
  }

  /** A tenant called Lab, whose servers are the clusters by name. */
  static async start(browser: Browser, { clusters, settings, port }: LabOptions): Promise<Lab> {
    const { folder, remove } = temporaryFolder()
    const simulator = await Simulator.start(folder, clusters)
    const origin = port && { port, publicUrl: `http://127.0.0.1:${port}` }
    const nexus = await Nexus.start({ folder, ports: simulator.ports(), ...origin, ...(settings && { settings }) })
    const secret = (await nexus.setUpLink()).split('#')[1]
    const nobody = new Lab(nexus, simulator, '', remove)
    await nobody.ask(undefined, 'POST', '/setup', { secret, full_name: 'Ada Lovelace', tenant_name: 'Lab', ...ADMIN })
    const page = await nobody.page(browser)
    const { tenants } = await nobody.ask<{ tenants: { id: string }[] }>(page, 'GET', '/me')
    const lab = new Lab(nexus, simulator, tenants[0]?.id ?? '', remove)
    for (const { name, nodes } of simulator.clusters) {
      const [{ host, port, fingerprint }] = nodes as [(typeof nodes)[number]]
      const tls = { mode: 'pin', fingerprint }
      const server = { name, host, port, api_token: `nexus@pve!broker=${SECRET}`, tls }
      await lab.ask(page, 'POST', `/tenants/${lab.tenant}/servers`, server)
    }
    await page.context().close()
    return lab
  }

  async stop(): Promise<void> {
    await this.nexus.stop()
    await this.simulator.stop()
    this.remove()
  }

  /** A page in a browser of its own, signed in; as the admin unless somebody else is named. */
  async page(browser: Browser, person = ADMIN): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'en-GB', viewport: { width: 1440, height: 900 } })).newPage()
    await signIn(page, this.nexus.origin, person)
    return page
  }

  /** Sends what a page would send, and returns the answer, which must be a success. */
  async ask<T>(page: Page | undefined, method: string, path: string, body?: object): Promise<T> {
    const { origin } = this.nexus
    const headers: Record<string, string> = { origin, 'content-type': 'application/json' }
    const cookies = (await page?.context().cookies(origin)) ?? []
    if (cookies.length > 0) headers.cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    const answer = await fetch(`${origin}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    expect(answer.ok, `${method} ${path}: ${answer.status} ${text}`).toBe(true)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

/** A page to be looked at later, wide and narrow. */
export async function shoot(page: Page, name: string): Promise<void> {
  for (const [size, width, height] of [['wide', 1440, 900], ['narrow', 390, 844]] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: `test-results/pages/${name}-${size}.png` })
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}
