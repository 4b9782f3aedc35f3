// The living fleet: what changes behind Nexus' back shows without a reload, what breaks is told once, in the page, by mail
// and by webhook, and what is over is told too.

import { expect, type Locator, type Page, test } from '@playwright/test'
import { ADMIN, cluster, Lab, shoot } from '../support/lab.ts'
import { freePort, Mailbox, Receiver, signature } from '../support/listeners.ts'
import { t } from '../support/texts.ts'
import { signIn } from '../support/world.ts'

const web = (vmid: number, name: string, node: string) => ({ vmid, name, node })
const CLUSTERS =
  cluster('harbour', ['pve1', 'pve2'], [web(100, 'web-01', 'pve1'), web(101, 'web-02', 'pve2'), web(102, 'db-01', 'pve1')]) +
  cluster('island', ['isle1'], [web(300, 'mail-01', 'isle1')])

let lab: Lab
let mailbox: Mailbox
let receiver: Receiver

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  ;[mailbox, receiver] = [await Mailbox.start(), await Receiver.start()]
  const settings = {
    NEXUS_SMTP_HOST: '127.0.0.1',
    NEXUS_SMTP_PORT: String(mailbox.port),
    NEXUS_SMTP_TLS: 'none',
    NEXUS_SMTP_FROM: 'Nexus <nexus@example.org>',
    NEXUS_WEBHOOK_ALLOW_NETWORKS: '127.0.0.0/8',
    NEXUS_HEALTH_INTERVAL_SECONDS: '10',
  }
  // Mails hold links, for which the origin must be known before.
  lab = await Lab.start(browser, { clusters: CLUSTERS, settings, port: await freePort() })
})

test.afterAll(async () => {
  await lab.stop()
  mailbox.stop()
  receiver.stop()
})

/** Fails when the page was loaded anew since it was marked. */
async function mark(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => Object.assign(window, { marked: true }))
  return async () => expect(await page.evaluate(() => 'marked' in window), 'the page was not loaded again').toBe(true)
}

function figure(page: Page, label: string): Locator {
  return page.getByRole('list', { name: t('dashboard.figures') }).getByRole('listitem').filter({ hasText: label }).first()
}

test('what changes behind Nexus shows in every open page, without a reload', async ({ browser, page: watcher }) => {
  const { nexus, simulator } = lab
  const page = await lab.page(browser)
  await page.goto(`${nexus.origin}/t/lab`)
  await expect(figure(page, t('dashboard.vms'))).toContainText(/4\D*4/)
  await expect(figure(page, t('dashboard.nodes'))).toContainText('3')
  await expect(page.getByText(t('dashboard.calm'))).toBeVisible()
  await shoot(page, 'dashboard-healthy')

  await signIn(watcher, nexus.origin, ADMIN)
  await watcher.goto(`${nexus.origin}/t/lab/guests`)
  const row = watcher.getByRole('row').filter({ hasText: 'web-01' })
  await expect(row).toContainText(t('status.running'))
  const [still, stillHere] = [await mark(page), await mark(watcher)]
  await simulator.setGuest(100, 'stopped')
  await expect(row).toContainText(t('status.stopped'), { timeout: 25_000 })
  await expect(figure(page, t('dashboard.vms'))).toContainText(/3\D*1/, { timeout: 25_000 })
  await simulator.setGuest(100, 'running')
  await expect(row).toContainText(t('status.running'), { timeout: 25_000 })
  await still()
  await stillHere()
  await page.context().close()
})

test('checks are charted, listed and made at once', async ({ page }) => {
  const { nexus, simulator } = lab
  await signIn(page, nexus.origin, ADMIN)
  await page.goto(`${nexus.origin}/t/lab/servers`)
  await page.getByRole('button', { name: t('servers.check_all') }).click()
  await expect(page.getByText(t('servers.check_all_passed_other', { count: 2 })).first()).toBeVisible({ timeout: 40_000 })
  await page.getByRole('link', { name: 'harbour' }).first().click()
  await simulator.outage('pve1', 'refused')
  await page.getByRole('button', { name: t('servers.check_now') }).click()
  await expect(page.getByText(/refused/i).first()).toBeVisible({ timeout: 40_000 })
  await simulator.outage('pve1', null)
  await shoot(page, 'server-with-figures')

  await page.goto(`${nexus.origin}/t/lab/monitoring`)
  await expect(page.getByRole('heading', { name: t('monitoring.title') })).toBeVisible()
  await page.getByRole('button', { name: new RegExp(t('chart.as_table')) }).first().click()
  await expect(page.getByRole('table').first()).toBeVisible()
  await shoot(page, 'monitoring')
  await page.goto(`${nexus.origin}/t/lab/monitoring?tab=history&failed=true`)
  await expect(page.getByRole('row').filter({ hasText: 'harbour' }).first()).toContainText(/refused/i)
})

test('an alert opens once, is told by page, mail and webhook, is taken, and is over', async ({ browser, page }) => {
  test.setTimeout(240_000)
  const { nexus, simulator, tenant } = lab
  const admin = await lab.page(browser)
  // The alert address and a webhook, as an admin sets them.
  await admin.goto(`${nexus.origin}/t/lab/settings#alerts`)
  await admin.getByLabel(t('settings.alert_offline_seconds')).fill('10')
  await admin.getByLabel(t('settings.alert_email')).fill('oncall@example.org')
  await admin.getByRole('button', { name: t('form.save') }).click()
  await expect(admin.getByText(t('settings.saved'))).toBeVisible()
  await admin.getByRole('button', { name: t('settings.test_mail') }).click()
  await expect(admin.getByText(t('settings.test_sent', { to: 'oncall@example.org' }))).toBeVisible()
  await mailbox.mail('oncall@example.org', /^Subject: .*test/im)

  await admin.getByRole('button', { name: t('webhooks.add') }).first().click()
  const dialog = admin.getByRole('dialog')
  await dialog.getByLabel(t('webhooks.name')).fill('Pager')
  await dialog.getByLabel(t('webhooks.url')).fill('http://10.11.12.13/hook')
  await dialog.getByRole('button', { name: t('webhooks.add') }).click()
  await expect(dialog.getByText(t('field_error.address_refused'))).toBeVisible()
  await dialog.getByLabel(t('webhooks.url')).fill(receiver.url)
  await dialog.getByLabel(t('webhooks.event_server_offline')).check()
  await dialog.getByRole('button', { name: t('webhooks.add') }).click()
  const shown = admin.getByRole('dialog').getByText(/^whsec_/)
  await expect(shown).toBeVisible()
  const secret = (await shown.textContent()) ?? ''
  await admin.getByRole('button', { name: t('link.done') }).click()
  await admin.getByRole('button', { name: `${t('webhooks.test')} Pager` }).click()
  const tried = await receiver.call('test')
  expect(tried.headers['webhook-signature']).toBe(signature(tried, secret))
  await shoot(admin, 'webhooks')

  // The island goes away while somebody looks at the dashboard.
  await signIn(page, nexus.origin, ADMIN)
  await page.goto(`${nexus.origin}/t/lab`)
  await expect(page.getByText(t('dashboard.calm'))).toBeVisible()
  const still = await mark(page)
  await simulator.outage('isle1', 'refused')
  await expect(page.getByRole('heading', { name: t('dashboard.missing') })).toBeVisible({ timeout: 60_000 })
  await expect(figure(page, t('servers.title'))).toContainText(t('server_status.offline'))
  // A young process raises no alerts for two minutes.
  await expect(page.getByText(/limit 10 s/).first()).toBeVisible({ timeout: 150_000 })
  await shoot(page, 'dashboard-half-broken')
  const called = await receiver.call('alert_opened')
  expect(called.headers['webhook-signature']).toBe(signature(called, secret))
  expect(JSON.parse(called.body)).toMatchObject({ event: 'alert_opened', tenant: { slug: 'lab' }, alert: { rule: 'offline' } })
  await mailbox.mail('oncall@example.org', /island/)
  await still()

  // The bell counts it; the alert is taken, and everybody sees by whom.
  await expect(page.getByRole('button', { name: /, [1-9]\d* unread/ })).toBeVisible()
  await page.goto(`${nexus.origin}/t/lab/alerts`)
  await page.getByRole('button', { name: t('alerts.acknowledge') }).click()
  await expect(page.getByText(t('alerts.acknowledged_by', { name: 'Ada Lovelace' }))).toBeVisible()
  await shoot(page, 'alerts')
  const { alerts } = await lab.ask<{ alerts: unknown[] }>(page, 'GET', `/tenants/${tenant}/alerts?state=active`)
  expect(alerts).toHaveLength(1)

  await simulator.outage('isle1', null)
  await expect(page.getByText(t('alerts.none_active'), { exact: true })).toBeVisible({ timeout: 90_000 })
  await receiver.call('alert_resolved')
  await page.goto(`${nexus.origin}/t/lab/notifications`)
  await expect(page.getByText(t('notifications.server_online', { server: 'island' }))).toBeVisible()
  await shoot(page, 'notifications')
  await page.getByRole('button', { name: t('notifications.mark_all') }).click()
  await expect(page.getByRole('button', { name: t('notifications.title'), exact: true })).toBeVisible()
  expect(receiver.calls.filter(({ event }) => event === 'alert_opened')).toHaveLength(1)
  await admin.context().close()
})
