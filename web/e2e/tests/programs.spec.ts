// What programs and curious admins do: a token for PVE's own clients, PVE's API in the explorer, and what a server's
// configuration was and is.

import { expect, type Page, test } from '@playwright/test'
import { cluster, Lab, shoot } from '../support/lab.ts'
import { t } from '../support/texts.ts'

const GUESTS = [
  { vmid: 100, name: 'web-01', node: 'pve1' },
  { vmid: 101, name: 'db-01', node: 'pve1' },
]

let lab: Lab

test.beforeAll(async ({ browser }) => {
  lab = await Lab.start(browser, { clusters: cluster('berlin', ['pve1'], GUESTS) })
})
test.afterAll(() => lab.stop())

/** What PVE's own clients send. */
function viaGateway(server: string, header: string, path: string, method = 'GET'): Promise<Response> {
  return fetch(`${lab.nexus.origin}/pve/${server}/api2/json${path}`, { method, headers: { authorization: header } })
}

async function serverId(page: Page): Promise<string> {
  const { servers } = await lab.ask<{ servers: { id: string }[] }>(page, 'GET', `/tenants/${lab.tenant}/servers`)
  return servers[0]?.id ?? ''
}

/** Makes a token by the dialog, and returns the header that it shows. */
async function makeToken(page: Page, name: string, scopes: string[]): Promise<string> {
  await page.goto(`${lab.nexus.origin}/profile`)
  await page.getByRole('button', { name: t('tokens.make') }).click()
  const dialog = page.getByRole('dialog', { name: t('tokens.make') })
  await dialog.getByLabel(t('tokens.name'), { exact: true }).fill(name)
  for (const scope of ['read', 'power', 'console', 'manage']) {
    await dialog.getByRole('checkbox', { name: t(`tokens.scope_${scope}`) }).setChecked(scopes.includes(scope))
  }
  await shoot(page, 'token-form')
  await dialog.getByRole('button', { name: t('tokens.make_submit') }).click()
  const made = page.getByRole('dialog', { name: t('tokens.made', { name }) })
  await expect(made.getByText(/PVEAPIToken=/).first()).toBeVisible()
  await shoot(page, 'token-secret')
  const header = (await made.innerText()).match(/PVEAPIToken=\S+@nexus!\S+=[0-9a-f-]{36}/)?.[0]
  if (!header) throw new Error('no header is shown')
  return header
}

test('a token lets PVE\'s clients in, as far as it goes and until it is revoked', async ({ browser }) => {
  const page = await lab.page(browser)
  const server = await serverId(page)
  const header = await makeToken(page, 'monitoring', ['read'])
  const version = await viaGateway(server, header, '/version')
  expect(version.status).toBe(200)
  expect(((await version.json()) as { data: { version: string } }).data.version).toMatch(/^9\./)
  const guests = (await (await viaGateway(server, header, '/cluster/resources?type=vm')).json()) as { data: { name: string }[] }
  expect(guests.data.map(({ name }) => name).sort()).toEqual(['db-01', 'web-01'])
  // Read alone: no power; and what gives out credentials is closed for every token.
  expect((await viaGateway(server, header, '/nodes/pve1/qemu/100/status/stop', 'POST')).status).toBe(403)
  expect((await viaGateway(server, header, '/nodes/pve1/qemu/100/vncproxy', 'POST')).status).toBe(403)
  const cookies = await page.context().cookies(lab.nexus.origin)
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const byCookie = await fetch(`${lab.nexus.origin}/pve/${server}/api2/json/version`, { headers: { cookie } })
  expect(byCookie.status).toBe(401)

  await page.reload()
  const tokens = page.getByRole('list', { name: t('tokens.title') })
  await expect(tokens.getByText('monitoring', { exact: true })).toBeVisible()
  await tokens.getByRole('button', { name: t('tokens.revoke_of', { name: 'monitoring' }) }).click()
  await page.getByRole('dialog').or(page.getByRole('alertdialog')).getByRole('button', { name: t('tokens.revoke') }).click()
  await expect(page.getByText(t('tokens.revoked', { name: 'monitoring' }))).toBeVisible()
  expect((await viaGateway(server, header, '/version')).status).toBe(401)
  await page.context().close()
})

test('a call is found, filled in, made, and read as a table', async ({ browser }) => {
  const page = await lab.page(browser)
  await page.goto(`${lab.nexus.origin}/t/lab/explorer`)
  const search = page.getByLabel(t('explorer.search'), { exact: true })
  await search.fill('cluster resources')
  await expect(page.getByRole('treeitem', { name: /resources/ }).first()).toBeVisible()
  await shoot(page, 'explorer-search')
  await page.goto(`${lab.nexus.origin}/t/lab/explorer?path=${encodeURIComponent('/cluster/resources')}`)
  await expect(page.getByText(t('explorer.may_scoped')).or(page.getByText(t('explorer.may_yes')))).toBeVisible()
  await page.getByRole('button', { name: t('explorer.run', { method: 'GET' }) }).click()
  await page.getByRole('radio', { name: t('explorer.view_table') }).or(page.getByRole('tab', { name: t('explorer.view_table') })).first().click()
  await expect(page.getByRole('cell', { name: 'web-01', exact: true })).toBeVisible()
  await shoot(page, 'explorer-table')

  // What may not be done is visible before anybody tries.
  await page.goto(`${lab.nexus.origin}/t/lab/explorer?path=${encodeURIComponent('/nodes/{node}/qemu/{vmid}/vncproxy')}`)
  await expect(page.getByText(t('explorer.may_closed')).first()).toBeVisible()
  await expect(page.getByRole('button', { name: t('explorer.run', { method: 'POST' }) })).toBeDisabled()
  await shoot(page, 'explorer-closed')
  await page.context().close()
})

test('what changed in a guest\'s configuration shows between two snapshots', async ({ browser }) => {
  const page = await lab.page(browser)
  const server = await serverId(page)
  await page.goto(`${lab.nexus.origin}/t/lab/servers/${server}/configuration`)
  await page.getByRole('button', { name: t('configuration.edit_plan') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('configuration.paths'), { exact: true }).fill('/nodes/{node}/qemu/{vmid}/config')
  await dialog.getByRole('button', { name: t('form.save') }).click()
  await expect(page.getByText(t('configuration.plan_saved'))).toBeVisible()
  await page.getByRole('button', { name: t('configuration.take') }).first().click()
  await expect(page.getByText(t('configuration.first'), { exact: true })).toBeVisible()
  const params = [{ name: 'description', value: 'moved to rack 7' }]
  const call = { method: 'PUT', path: '/nodes/pve1/qemu/100/config', params }
  await lab.ask(page, 'POST', `/tenants/${lab.tenant}/servers/${server}/pve/call`, call)
  await page.getByRole('button', { name: t('configuration.take') }).first().click()
  await expect(page.getByText(t('configuration.taken_changed'))).toBeVisible()
  await shoot(page, 'configuration')
  await page.getByRole('button', { name: t('configuration.changes_of', { time: '' }).trim() }).first().click()
  await expect(page.getByText('/nodes/pve1/qemu/100/config').first()).toBeVisible()
  await expect(page.getByText('moved to rack 7').first()).toBeVisible()
  await shoot(page, 'configuration-diff')
  await page.context().close()
})
