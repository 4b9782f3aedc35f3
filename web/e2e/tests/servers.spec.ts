// Connecting servers: from nothing to a pinned certificate, and each way in which it goes wrong, with its remedy.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Locator, type Page, test } from '@playwright/test'
import { freePort } from '../support/listeners.ts'
import { Nexus } from '../support/nexus.ts'
import { type FleetNode, Simulator } from '../support/simulator.ts'
import { t } from '../support/texts.ts'
import { signIn, temporaryFolder } from '../support/world.ts'

const ADMIN = { email: 'ada@example.org', password: 'correct-horse-battery-staple' }
const SECRET = '4e0b6f8a-54fb-4a7c-9d3c-0f2a6b1c7d8e'
const CLUSTERS = `
[[cluster]]
version = "9.2"
cluster = "lab"
nodes = [{ name = "pve1", listen = "127.0.0.1:0" }]
guests = [
  { vmid = 100, node = "pve1", name = "web-01", kind = "qemu", status = "running", screen = "builtin" },
  { vmid = 200, node = "pve1", name = "shop-01", kind = "qemu", status = "running", screen = "builtin", tags = ["shop"] },
]

[[cluster.tokens]]
id = "nexus@pve!broker"
secret = "${SECRET}"
acl = [["/", ["VM.Audit", "VM.Console", "VM.PowerMgmt", "VM.Snapshot", "VM.Snapshot.Rollback", "Sys.Audit", "Datastore.Audit", "Pool.Audit"]]]

[[cluster.tokens]]
id = "nexus@pve!looker"
secret = "${SECRET}"
acl = [["/", ["VM.Audit"]]]
`
const TOKEN = `nexus@pve!broker=${SECRET}`

interface Lab {
  nexus: Nexus
  simulator: Simulator
  node: FleetNode
  /** A port where nothing listens. */
  silent: number
  /** A port that speaks HTTP without TLS. */
  plain: number
}

let lab: Lab
let end: () => Promise<void>

test.beforeAll(async () => {
  const { folder, remove } = temporaryFolder()
  const simulator = await Simulator.start(folder, CLUSTERS)
  const node = simulator.clusters[0]?.nodes[0]
  if (!node) throw new Error('the lab is empty')
  const web = createServer((_, answer) => answer.end('<h1>It works!</h1>'))
  const [plain, silent] = [await portOf(web), await freePort()]
  const nexus = await Nexus.start({ folder, ports: [...simulator.ports(), plain, silent] })
  lab = { nexus, simulator, node, silent, plain }
  end = async () => {
    web.close()
    await nexus.stop()
    await simulator.stop()
    remove()
  }
  const secret = (await nexus.setUpLink()).split('#')[1]
  const data = { secret, full_name: 'Ada Lovelace', tenant_name: 'Lab', ...ADMIN }
  const made = await fetch(`${nexus.origin}/api/v1/setup`, {
    method: 'POST',
    headers: { origin: nexus.origin, 'content-type': 'application/json' },
    body: JSON.stringify(data),
  })
  expect(made.status).toBe(201)
})

test.afterAll(async () => await end())

test.beforeEach(async ({ page }) => {
  await lab.simulator.clearFaults()
  await signIn(page, lab.nexus.origin, ADMIN)
  await page.goto(`${lab.nexus.origin}/t/lab/servers`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

/** One failure: what is entered, what goes wrong, and a word of the cause and of the remedy. */
interface Failure {
  name: string
  host?: string
  port?: () => number
  token?: string
  fault?: [path: string, kind: string | Record<string, unknown>]
  /** Whether the certificate is to be confirmed before it fails. */
  trusts?: boolean
  says: RegExp
  remedy: RegExp
}

const FAILURES: Failure[] = [
  { name: 'unknown-name', host: 'nowhere.invalid', port: () => 8006, says: /nowhere\.invalid/, remedy: /spelling/ },
  { name: 'nothing-listens', port: () => lab.silent, says: /refused/i, remedy: /8006/ },
  { name: 'not-tls', port: () => lab.plain, says: /TLS/, remedy: /8006/ },
  { name: 'no-answer', fault: ['/version', 'hang'], trusts: true, says: /no answer|within/, remedy: /pvedaemon|slowly|load/ },
  { name: 'not-pve', fault: ['/version', 'not_json'], trusts: true, says: /PVE|JSON|answer/, remedy: /Something else/ },
  { name: 'reset', fault: ['/version', 'reset'], trusts: true, says: /reset|broken|closed|ended/i, remedy: /firewall|proxies/ },
  { name: 'wrong-token', token: TOKEN.replace('4e0b', '0000'), trusts: true, says: /401|refused|token/, remedy: /pveum user token/ },
  { name: 'other-node-away', fault: ['/nodes', { status: [595, 'no route to host'] }], trusts: true, says: /595|route/, remedy: /pvecm status/ },
]

for (const failure of FAILURES) {
  test(`a server that cannot be added: ${failure.name}`, async ({ page }) => {
    if (failure.fault) await lab.simulator.fault(...failure.fault)
    const dialog = await fillIn(page, failure)
    if (failure.trusts) await dialog.getByRole('button', { name: t('servers.trust_certificate') }).click()
    await expect(dialog.getByText(failure.says).filter({ visible: true }).first()).toBeVisible({ timeout: 60_000 })
    await expect(dialog.getByText(failure.remedy).filter({ visible: true }).first()).toBeVisible()
    // It may be saved all the same, for a server that is not there yet; the button says so.
    await expect(dialog.getByRole('button', { name: t('servers.save_anyway'), exact: true })).toBeVisible()
    await dialog.getByText(failure.remedy).first().scrollIntoViewIfNeeded()
    await page.screenshot({ path: `test-results/pages/server-fails-${failure.name}.png` })
  })
}

test('addresses and ports that are refused say by which rule', async ({ page }) => {
  const dialog = await place(page, '169.254.169.254', 8006)
  await dialog.getByRole('button', { name: t('common.next') }).click()
  await dialog.getByLabel(t('servers.token'), { exact: true }).fill(TOKEN)
  await dialog.getByRole('button', { name: t('servers.check'), exact: true }).click()
  await expect(dialog.getByText(/NEXUS_PVE_ALLOW_NETWORKS/).first()).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/server-fails-address-refused.png' })
  await dialog.getByLabel(t('servers.host'), { exact: true }).fill(lab.node.host)
  await dialog.getByLabel(t('servers.port'), { exact: true }).fill('22')
  await dialog.getByRole('button', { name: t('common.next') }).click()
  await dialog.getByRole('button', { name: t('servers.check'), exact: true }).click()
  await expect(dialog.getByText(/NEXUS_PVE_PORTS/).first()).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/server-fails-port-refused.png' })
})

test('a token without privileges is told what it lacks; the server is added, and its certificate changes', async ({ page }) => {
  const dialog = await fillIn(page, { token: TOKEN.replace('broker', 'looker') })
  await dialog.getByRole('button', { name: t('servers.trust_certificate') }).click()
  await expect(dialog.getByText('VM.Console').first()).toBeVisible()
  await expect(dialog.getByText(/pveum (role|acl)/).first()).toBeVisible()
  await dialog.getByText(t('doctor.missing')).first().scrollIntoViewIfNeeded()
  await page.screenshot({ path: 'test-results/pages/server-doctor.png' })
  await dialog.getByRole('button', { name: t('servers.save'), exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('Berlin').filter({ visible: true }).first()).toBeVisible()
  await expect(page.getByText(t('server_status.online')).filter({ visible: true }).first()).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/server-added.png' })

  await lab.simulator.renewCertificate('pve1')
  await page.getByText('Berlin').filter({ visible: true }).first().click()
  await page.getByRole('button', { name: t('servers.test'), exact: true }).first().click()
  await expect(page.getByText(t('certificate.changed')).first()).toBeVisible()
  await expect(page.getByText(lab.node.fingerprint).first()).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/server-certificate-changed.png' })
})

test('servers come from a sheet, and a row that is wrong leaves the others', async ({ page }) => {
  await page.getByRole('button', { name: t('csv.open') }).click()
  const sheet = page.getByRole('dialog')
  const rows = [
    'name,host,port,api_token,verify_ssl,fingerprint',
    `Far away,far.invalid,8006,${TOKEN},true,`,
    `Pinned,near.invalid,8006,${TOKEN},,${lab.node.fingerprint}`,
    `Wrong,https://pve.example.org,8006,${TOKEN},true,`,
    'No token,other.invalid,8006,,true,',
  ]
  await sheet.getByLabel(t('server_import.paste')).fill(rows.join('\n'))
  await sheet.getByRole('button', { name: t('csv.preview') }).click()
  await expect(sheet.getByText(t('server_import.ready_other', { shown: 2 }))).toBeVisible()
  await expect(sheet.getByText(t('server_import.errors_other', { shown: 2 }))).toBeVisible()
  await expect(sheet).not.toContainText(SECRET)
  await page.screenshot({ path: 'test-results/pages/server-import-preview.png' })
  await sheet.getByRole('button', { name: t('server_import.import_other', { shown: 2 }) }).click()
  await expect(sheet.getByText(t('server_import.imported_other', { shown: 2 }))).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/server-import-done.png' })
  await sheet.getByRole('button', { name: t('link.done') }).click()
  await expect(page.getByText('Far away').filter({ visible: true }).first()).toBeVisible()
  const csv = await page.request.get(`${lab.nexus.origin}/api/v1/tenants/${await tenantOf(page, 'lab')}/servers/export`)
  expect(await csv.text()).toContain('Pinned,near.invalid')
  expect(await csv.text()).not.toContain(SECRET)
})

test('a system admin provides a part of a cluster to a tenant, which sees that part and no address', async ({ page }) => {
  const headers = { origin: lab.nexus.origin }
  const made = await page.request.post(`${lab.nexus.origin}/api/v1/tenants`, { headers, data: { name: 'Shop', slug: 'shop' } })
  expect(made.status()).toBe(201)
  await page.goto(`${lab.nexus.origin}/system/servers`)
  await page.getByRole('button', { name: t('system.provide') }).first().click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel(t('system.column_tenant')).fill('Shop')
  await page.getByRole('option', { name: /Shop/ }).click()
  await sheet.getByLabel(t('scope.tags')).fill('shop')
  await sheet.getByLabel(t('scope.tags')).press('Enter')
  await sheet.getByLabel(t('servers.name'), { exact: true }).fill('Shared')
  await sheet.getByLabel(t('servers.host'), { exact: true }).fill(lab.node.host)
  await sheet.getByLabel(t('servers.port'), { exact: true }).fill(String(lab.node.port))
  await sheet.getByLabel(t('servers.token'), { exact: true }).fill(TOKEN)
  await page.screenshot({ path: 'test-results/pages/provide-server.png' })
  await sheet.getByRole('button', { name: t('system.provide_submit') }).click()
  await sheet.getByRole('button', { name: /fingerprint|certificate/i }).first().click()
  await sheet.getByRole('button', { name: t('system.provide_now'), exact: true }).click()
  await expect(page.getByText(t('system.provided', { name: 'Shared', tenant: 'Shop' }))).toBeVisible()
  await page.screenshot({ path: 'test-results/pages/provided-server.png' })
  await page.goto(`${lab.nexus.origin}/t/shop/guests`)
  await expect(page.getByText('shop-01').filter({ visible: true }).first()).toBeVisible()
  await expect(page.getByText('web-01')).toHaveCount(0)
  await page.goto(`${lab.nexus.origin}/t/shop/servers`)
  await expect(page.getByText(t('servers.provided_line')).filter({ visible: true }).first()).toBeVisible()
  await expect(page.getByText(lab.node.host)).toHaveCount(0)
  await page.screenshot({ path: 'test-results/pages/provided-server-of-tenant.png' })
})

async function tenantOf(page: Page, slug: string): Promise<string> {
  const me: { tenants: { id: string; slug: string }[] } = await (await page.request.get(`${lab.nexus.origin}/api/v1/me`)).json()
  const found = me.tenants.find(tenant => tenant.slug === slug)
  if (!found) throw new Error(`no tenant ${slug}`)
  return found.id
}

async function place(page: Page, host: string, port: number): Promise<Locator> {
  await page.getByRole('button', { name: t('servers.add') }).or(page.getByRole('link', { name: t('servers.add') })).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('servers.name'), { exact: true }).fill('Berlin')
  await dialog.getByLabel(t('servers.host'), { exact: true }).fill(host)
  await dialog.getByLabel(t('servers.port'), { exact: true }).fill(String(port))
  return dialog
}

/** The form to its last step, where the test runs. */
async function fillIn(page: Page, { host, port, token }: Pick<Failure, 'host' | 'port' | 'token'>): Promise<Locator> {
  const dialog = await place(page, host ?? lab.node.host, port?.() ?? lab.node.port)
  await dialog.getByRole('button', { name: t('common.next') }).click()
  await dialog.getByLabel(t('servers.token'), { exact: true }).fill(token ?? TOKEN)
  await dialog.getByRole('button', { name: t('servers.check'), exact: true }).click()
  return dialog
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

