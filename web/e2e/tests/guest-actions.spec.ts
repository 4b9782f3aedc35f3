// What is done with guests: each power switch, tasks with their logs, many guests at once, snapshots, and the page of one guest.

import { expect, type Locator, type Page, test } from '@playwright/test'
import { cluster, Lab, shoot } from '../support/lab.ts'
import { t } from '../support/texts.ts'

const qemu = (more: string) => `kind = "qemu", screen = "builtin", ${more}`
const stopped = (vmid: number, name: string, node: string) => ({ vmid, name, node, more: qemu('status = "stopped"') })
const CLUSTERS =
  cluster('harbour', ['pve1', 'pve2'], [
    { vmid: 100, name: 'web-01', node: 'pve1', more: qemu('status = "running", agent = true, agent_answers = true, disk = 32, options = { cipassword = "hunter2", net0 = "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=7" }') },
    { vmid: 101, name: 'endless-01', node: 'pve1', more: qemu('status = "running", endless = true') },
    { vmid: 104, name: 'ha-01', node: 'pve1', more: qemu('status = "stopped", ha = true') },
    { vmid: 200, name: 'dns-01', node: 'pve1', more: 'kind = "lxc", status = "running"' },
    stopped(110, 'job-01', 'pve1'),
    stopped(111, 'job-02', 'pve1'),
    stopped(112, 'job-03', 'pve1'),
    stopped(113, 'old-01', 'pve1'),
  ]) + cluster('island', ['isle1'], [stopped(300, 'job-04', 'isle1')])

let lab: Lab

test.describe.configure({ mode: 'serial' })
test.beforeAll(async ({ browser }) => {
  lab = await Lab.start(browser, { clusters: CLUSTERS })
})
test.afterAll(async () => await lab.stop())

const row = (page: Page, name: string): Locator => page.getByRole('table', { name: t('guests.title') }).getByRole('row').filter({ hasText: name })
const drawer = (page: Page): Locator => page.getByRole('region', { name: t('tasks.title') })
const inDrawer = (page: Page, name: string): Locator => drawer(page).getByRole('table').getByRole('row').filter({ hasText: name })

async function openList(page: Page, drawerOpen = false): Promise<void> {
  await page.goto(`${lab.nexus.origin}/t/lab/guests`)
  await expect(row(page, 'web-01')).toBeVisible()
  if (drawerOpen) await drawer(page).getByRole('button', { name: t('tasks.title') }).click()
}

async function choose(page: Page, name: string, action: string): Promise<void> {
  await row(page, name).getByRole('button', { name: t('power.menu_of', { name }) }).click()
  await page.getByRole('menuitem', { name: t(`action.${action}`), exact: true }).click()
}

test('each switch does what it says, asks where it hurts, and shows who did it', async ({ browser }) => {
  test.setTimeout(180_000)
  const page = await lab.page(browser)
  await openList(page, true)
  for (const [action, after] of [['suspend', 'paused'], ['resume', 'running'], ['reboot', 'running'], ['reset', 'running'], ['stop', 'stopped'], ['start', 'running'], ['shutdown', 'stopped'], ['start', 'running']] as const) {
    await choose(page, 'web-01', action)
    if (action === 'reset' || action === 'stop') {
      await expect(page.getByText(t(`power.consequence_${action}`))).toBeVisible()
      await page.getByRole('button', { name: t(`power.confirm_${action}`, { name: 'web-01' }) }).click()
    }
    const task = inDrawer(page, 'web-01').filter({ hasText: t(`action.${action}`) }).first()
    await expect(task, action).toContainText(t('tasks.state_ok'), { timeout: 30_000 })
    await expect(row(page, 'web-01'), action).toContainText(t(`status.${after}`), { timeout: 30_000 })
  }
  await expect(inDrawer(page, 'web-01').first()).toContainText(t('tasks.you'))
  await shoot(page, 'task-drawer')
  // A container has no reset, and is not paused.
  await row(page, 'dns-01').getByRole('button', { name: t('power.menu_of', { name: 'dns-01' }) }).click()
  await expect(page.getByRole('menuitem', { name: t('action.reboot') })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: t('action.reset') })).toHaveCount(0)
  await page.keyboard.press('Escape')
  // Under HA the task of PVE ends at once, and the state comes later.
  await choose(page, 'ha-01', 'start')
  await expect(row(page, 'ha-01')).toContainText(t('status.running'), { timeout: 60_000 })
  await expect(inDrawer(page, 'ha-01').first()).toContainText(t('tasks.state_ok'), { timeout: 60_000 })
  await page.context().close()
})

test('what PVE says yes to and cannot do fails where it can be read, and what is gone is said to be gone', async ({ browser }) => {
  const page = await lab.page(browser)
  await openList(page, true)
  // Somebody begins a backup between the look and the click.
  await lab.simulator.changeGuest(110, 'lock', { lock: 'backup' })
  await choose(page, 'job-01', 'start')
  await expect(inDrawer(page, 'job-01').first()).toContainText('VM is locked (backup)', { timeout: 30_000 })
  await expect(row(page, 'job-01')).toContainText(t('status.stopped'))
  await lab.simulator.changeGuest(110, 'lock', { lock: null })
  // It moves while its page is open. Where Nexus has not seen that yet, the task's end says so, and the next click finds it.
  await row(page, 'job-01').getByRole('link', { name: 'job-01' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'job-01' })).toBeVisible()
  await lab.simulator.changeGuest(110, 'node', { node: 'pve2' })
  const head = page.locator('main header')
  await expect(async () => {
    const start = head.getByRole('button', { name: new RegExp(`^${t('action.start')}`) })
    if (await start.isEnabled()) await start.click()
    await expect(head.getByRole('status').filter({ hasText: t('status.running') })).toBeVisible({ timeout: 8_000 })
  }).toPass({ timeout: 60_000 })
  await lab.simulator.deleteGuest(113)
  await page.goto(page.url().replace('/110', '/113'))
  await expect(page.getByRole('heading', { name: t('guest_page.not_found') })).toBeVisible({ timeout: 30_000 })
  await page.context().close()
})

test('a task that never ends has a live log and can be stopped', async ({ browser }) => {
  const page = await lab.page(browser)
  await openList(page, true)
  await choose(page, 'endless-01', 'reboot')
  const task = inDrawer(page, 'endless-01').first()
  await expect(task).toContainText(t('tasks.state_running'))
  await task.getByRole('button', { name: t('tasks.log_of_action', { action: t('action.reboot'), name: 'endless-01' }) }).click()
  const log = page.getByRole('log')
  const lines = async () => (await log.innerText()).split('\n').length
  await expect.poll(lines).toBeGreaterThan(3)
  const before = await lines()
  await expect.poll(lines).toBeGreaterThan(before)
  await shoot(page, 'task-log')
  // The same again, at once, is one too many.
  await choose(page, 'endless-01', 'reboot')
  await expect(page.getByText(/already/i).first()).toBeVisible()
  await task.getByRole('button', { name: t('tasks.stop_of', { action: t('action.reboot'), name: 'endless-01' }) }).click()
  await page.getByRole('button', { name: t('tasks.confirm_stop') }).click()
  await expect(task).toContainText(t('tasks.stopped_by', { name: 'Ada Lovelace' }), { timeout: 30_000 })
  await page.context().close()
})

test('many at once: some fail and say why, and are tried again', async ({ browser }) => {
  test.setTimeout(180_000)
  await lab.simulator.setGuest(110, 'stopped')
  const page = await lab.page(browser)
  await openList(page)
  await page.getByRole('combobox', { name: t('guests.filter') }).fill('job')
  await expect(row(page, 'job-01')).toContainText(t('status.stopped'), { timeout: 30_000 })
  await expect(row(page, 'web-01')).toHaveCount(0)
  await page.getByRole('checkbox', { name: t('selection.all', { number: '4' }) }).click()
  const bar = page.getByRole('group', { name: t('selection.bar') })
  await bar.getByRole('button', { name: t('action.start') }).click()
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await expect(dialog).toContainText(t('bulk.ask_start_other', { shown: '4' }))
  await dialog.screenshot({ path: 'test-results/pages/bulk-dialog.png' })
  await lab.simulator.changeGuest(111, 'lock', { lock: 'backup' })
  await lab.simulator.outage('isle1', 'refused')
  await dialog.getByRole('button', { name: t('bulk.confirm_start_other', { shown: '4' }) }).click()
  const results = drawer(page).getByRole('list', { name: t('bulk.guests') })
  await expect(results.getByRole('listitem').filter({ hasText: 'job-01' })).toContainText(t('bulk.guest_ok'), { timeout: 60_000 })
  await expect(results.getByRole('listitem').filter({ hasText: 'job-03' })).toContainText(t('bulk.guest_ok'), { timeout: 60_000 })
  await expect(results.getByRole('listitem').filter({ hasText: 'job-02' })).toContainText('VM is locked (backup)', { timeout: 60_000 })
  await expect(results.getByRole('listitem').filter({ hasText: 'job-04' })).toContainText(t('bulk.guest_failed'), { timeout: 60_000 })
  await shoot(page, 'bulk-result')

  await lab.simulator.changeGuest(111, 'lock', { lock: null })
  await lab.simulator.outage('isle1', null)
  await expect(row(page, 'job-04')).toContainText(t('status.stopped'), { timeout: 60_000 })
  await expect(row(page, 'job-02').getByRole('img', { name: /backup/ })).toHaveCount(0, { timeout: 60_000 })
  await drawer(page).getByRole('button', { name: t('bulk.retry', { count: 2 }) }).click()
  await dialog.getByRole('button', { name: t('bulk.confirm_start_other', { shown: '2' }) }).click()
  await expect(results.getByText(t('bulk.guest_ok'))).toHaveCount(2, { timeout: 60_000 })
  await page.context().close()
})

test('many at once, stopped in the middle', async ({ browser }) => {
  test.setTimeout(120_000)
  const page = await lab.page(browser)
  await openList(page)
  await page.getByRole('combobox', { name: t('guests.filter') }).fill('status:running server:harbour type:vm')
  await expect(row(page, 'dns-01')).toHaveCount(0)
  await page.getByRole('checkbox', { name: t('selection.of', { name: 'endless-01' }) }).click()
  await page.getByRole('checkbox', { name: t('selection.of', { name: 'job-01' }) }).click()
  await page.getByRole('checkbox', { name: t('selection.of', { name: 'job-03' }) }).click()
  await page.getByRole('button', { name: t('selection.more') }).click()
  await page.getByRole('menuitem', { name: t('action.reboot') }).click()
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  await dialog.getByLabel(t('bulk.per_server')).selectOption('1')
  await dialog.getByRole('button', { name: t('bulk.confirm_reboot_other', { shown: '3' }) }).click()
  const results = drawer(page).getByRole('list', { name: t('bulk.guests') })
  await expect(results.getByRole('listitem').filter({ hasText: 'endless-01' })).toContainText(t('bulk.guest_running'))
  await drawer(page).getByRole('region', { name: t('bulk.detail') }).getByRole('button', { name: t('bulk.stop'), exact: true }).click()
  await page.getByRole('button', { name: t('bulk.confirm_end') }).click()
  await expect(results.getByText(t('bulk.guest_skipped'))).toHaveCount(2)
  // What runs goes on to its end.
  await results.getByRole('listitem').filter({ hasText: 'endless-01' }).getByRole('button', { name: t('tasks.log_of', { name: 'endless-01' }) }).click()
  await page.getByRole('region', { name: t('tasks.detail') }).getByRole('button', { name: t('tasks.stop_of', { action: t('action.reboot'), name: 'endless-01' }) }).click()
  await page.getByRole('button', { name: t('tasks.confirm_stop') }).click()
  await expect(page.getByRole('region', { name: t('tasks.detail') })).toContainText(t('tasks.stopped_by', { name: 'Ada Lovelace' }), { timeout: 30_000 })
  await page.context().close()
})

test('the page of a guest has its figures, its configuration without secrets, and its addresses', async ({ browser }) => {
  const page = await lab.page(browser)
  await openList(page)
  await row(page, 'web-01').getByRole('link', { name: 'web-01' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'web-01' })).toBeVisible()
  await expect(page.getByText(/\d+\.\d+\.\d+\.\d+/).first()).toBeVisible()
  await shoot(page, 'guest-overview')
  const tab = (name: string) => page.getByRole('tab', { name: t(`guest_page.tab_${name}`) })
  await tab('charts').click()
  await page.getByRole('radio', { name: t('guest_page.time_day') }).or(page.getByRole('button', { name: t('guest_page.time_day'), exact: true })).first().click()
  await expect(page).toHaveURL(/tab=charts/)
  await page.getByRole('button', { name: new RegExp(t('chart.as_table')) }).first().click()
  await expect(page.getByRole('table').first()).toBeVisible()
  await shoot(page, 'guest-charts')
  await tab('configuration').click()
  await expect(page.getByText('vmbr0').first()).toBeVisible()
  await expect(page.getByText('********').first()).toBeVisible()
  await expect(page.getByText('hunter2')).toHaveCount(0)
  await shoot(page, 'guest-configuration')
  await tab('tasks').click()
  await expect(page.getByRole('list', { name: t('tasks.title') }).getByRole('listitem').first()).toContainText(t('action.start'))
  for (const name of ['access', 'consoles']) {
    await tab(name).click()
    await expect(page.getByRole('tabpanel')).toBeVisible()
  }
  await page.context().close()
})

test('snapshots are made, gone back to and deleted, as the tree that they are', async ({ browser }) => {
  test.setTimeout(150_000)
  const page = await lab.page(browser)
  await openList(page)
  await row(page, 'web-01').getByRole('link', { name: 'web-01' }).click()
  await page.getByRole('tab', { name: t('guest_page.tab_snapshots') }).click()
  const create = page.getByRole('tabpanel').getByRole('button', { name: t('snapshots.create') })
  const tree = page.getByRole('list', { name: t('snapshots.title') })
  const dialog = page.getByRole('dialog').or(page.getByRole('alertdialog'))
  for (const [name, memory] of [['before-update', false], ['after-update', true]] as const) {
    await create.click()
    await dialog.getByLabel(t('snapshots.name'), { exact: true }).fill(name)
    await dialog.getByLabel(t('snapshots.with_memory')).setChecked(memory)
    await dialog.getByRole('button', { name: t('snapshots.create') }).click()
    await expect(tree.getByRole('listitem').filter({ hasText: name })).toBeVisible({ timeout: 30_000 })
    await expect(create).toBeEnabled({ timeout: 30_000 })
  }
  await expect(tree.getByRole('listitem').filter({ hasText: 'after-update' })).toContainText(t('snapshots.memory'))
  // A name that is there already, or that PVE would not take.
  await create.click()
  await dialog.getByLabel(t('snapshots.name'), { exact: true }).fill('before-update')
  await dialog.getByRole('button', { name: t('snapshots.create') }).click()
  await expect(dialog.getByText(t('snapshots.name_taken'))).toBeVisible()
  await dialog.getByLabel(t('snapshots.name'), { exact: true }).fill('../x')
  await expect(dialog.getByText(t('snapshots.name_invalid'))).toBeVisible()
  await dialog.getByRole('button', { name: t('common.cancel') }).click()

  const before = tree.getByRole('listitem').filter({ hasText: 'before-update' }).first()
  await before.getByRole('button', { name: t('action.snapshot_rollback') }).click()
  await dialog.getByRole('button', { name: t('snapshots.confirm_roll_back', { guest: 'web-01' }) }).click()
  await expect(create).toBeEnabled({ timeout: 40_000 })
  await shoot(page, 'guest-snapshots')
  const after = tree.getByRole('listitem').filter({ hasText: 'after-update' }).first()
  await after.getByRole('button', { name: t('snapshots.more_of', { name: 'after-update' }) }).click()
  await page.getByRole('menuitem', { name: t('snapshots.delete') }).click()
  await dialog.getByRole('button', { name: t('snapshots.confirm_delete', { name: 'after-update' }) }).click()
  await expect(tree.getByRole('listitem').filter({ hasText: 'after-update' })).toHaveCount(0, { timeout: 30_000 })
  await page.context().close()
})
