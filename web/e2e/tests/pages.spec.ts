// Every page in both sizes and both themes: nothing that a screen reader or a keyboard could not use, and a picture to
// look at in test-results/pages.

import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'
import { consolePath, expectLive } from '../support/console.ts'
import { t } from '../support/texts.ts'
import { assigned, guestsOf, signIn, test, type World } from '../support/world.ts'

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const
const THEMES = ['light', 'dark'] as const

type Role = 'admin' | 'manager' | 'viewer'

interface Shown {
  name: string
  role?: Role
  open: (page: Page, world: World) => Promise<void>
}

/** A page by its path, complete when this text is to be seen. */
function at(name: string, role: Role | undefined, path: string, text: string): Shown {
  return {
    name,
    role,
    open: async (page, world) => {
      await page.goto(world.nexus.origin + path)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      await expect(page.getByText(text).filter({ visible: true }).first()).toBeVisible()
    },
  }
}

/** The page of the guest that the viewer may work with. */
function guestPage(name: string, role: Role, part: string): Shown {
  return {
    name,
    role,
    open: async (page, world) => {
      const { tenant, guests } = await guestsOf(page, world.nexus.origin)
      const { server, type, vmid, name } = assigned(world, guests, 'work')
      await page.goto(`${world.nexus.origin}/t/${tenant.slug}/guests/${server.id}/${type}/${vmid}${part}`)
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
      await expect(page.getByRole('tabpanel').getByRole('heading').or(page.getByRole('tabpanel').getByRole('button')).first()).toBeVisible()
    },
  }
}

const PAGES: Shown[] = [
  at('sign-in', undefined, '/sign-in', t('sign_in.submit')),
  at('forgotten', undefined, '/forgot', t('forgot.title')),
  at('dashboard', 'admin', '/t/demo', t('dashboard.vms')),
  at('dashboard-of-a-viewer', 'viewer', '/t/demo', 'web-01'),
  at('monitoring', 'admin', '/t/demo/monitoring', t('monitoring.no_alerts')),
  at('monitoring-comparison', 'manager', '/t/demo/monitoring?tab=comparison', 'berlin'),
  at('monitoring-history', 'admin', '/t/demo/monitoring?tab=history', 'berlin'),
  at('alerts', 'admin', '/t/demo/alerts', t('alerts.none_active')),
  at('notifications', 'viewer', '/t/demo/notifications', t('notifications.none')),
  at('notification-preferences', 'manager', '/t/demo/notifications?tab=preferences', t('notifications.category_alerts')),
  at('guests', 'admin', '/t/demo/guests', 'backup-relay'),
  at('guests-of-a-viewer', 'viewer', '/t/demo/guests', 'web-01'),
  at('servers', 'admin', '/t/demo/servers', 'berlin'),
  at('members', 'admin', '/t/demo/members', 'Max Manager'),
  at('members-of-a-manager', 'manager', '/t/demo/members', 'Vera Viewer'),
  at('assignments', 'admin', '/t/demo/assignments', 'web-01'),
  at('consoles', 'admin', '/t/demo/consoles', t('consoles.title')),
  at('audit', 'admin', '/t/demo/audit', 'berlin'),
  at('settings', 'admin', '/t/demo/settings', t('settings.title')),
  at('settings-appearance', 'admin', '/t/demo/settings#appearance', t('settings.primary_color')),
  at('settings-consoles', 'manager', '/t/demo/settings#consoles', t('settings.console_per_user')),
  at('webhooks', 'manager', '/t/demo/settings#webhooks', t('webhooks.none')),
  at('explorer', 'admin', `/t/demo/explorer?path=${encodeURIComponent('/nodes/{node}/qemu/{vmid}/config')}`, t('explorer.add')),
  at('tenant-sign-in', undefined, '/t/demo/sign-in', t('sign_in.submit')),
  at('profile', 'viewer', '/profile', 'viewer@demo.example'),
  at('system-users', 'admin', '/system/users', 'viewer@demo.example'),
  at('system-tenants', 'admin', '/system/tenants', 'Demo'),
  at('system-servers', 'admin', '/system/servers', 'berlin'),
  at('system-consoles', 'admin', '/system/consoles', t('consoles.title')),
  at('system-audit', 'admin', '/system/audit', 'admin@demo.example'),
  at('system-health', 'admin', '/system/health', 'SQLite'),
  guestPage('guest', 'admin', ''),
  guestPage('guest-snapshots', 'manager', '?tab=snapshots'),
  guestPage('guest-of-a-viewer', 'viewer', ''),
  {
    name: 'console',
    role: 'viewer',
    open: async (page, world) => {
      const { tenant, guests } = await guestsOf(page, world.nexus.origin)
      const guest = assigned(world, guests, 'work')
      await page.goto(world.nexus.origin + consolePath(tenant, guest))
      await expectLive(page, guest)
    },
  },
  at('not-found', 'viewer', '/nothing-is-here', t('not_found.title')),
]

for (const shown of PAGES) {
  test(`${shown.name} can be used by everybody`, ({ browser, world }) => look(browser, world, shown))
}

const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

/** The cookies of a person of this role, who signs in once for all pages. */
async function signedIn(browser: Browser, world: World, role: Role) {
  const known = states.get(world.nexus.origin + role)
  if (known) return known
  const context = await browser.newContext()
  await signIn(await context.newPage(), world.nexus.origin, world.person(role))
  const state = await context.storageState()
  await context.close()
  states.set(world.nexus.origin + role, state)
  return state
}

/** Opens the page once and looks at it in each size and theme; the rules of accessibility are asked in both of each. */
async function look(browser: Browser, world: World, shown: Shown): Promise<void> {
  const storageState = shown.role && (await signedIn(browser, world, shown.role))
  const context = await browser.newContext({ viewport: SIZES.wide, reducedMotion: 'reduce', locale: 'en-GB', storageState })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  await shown.open(page, world)
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport)
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme })
      await page.screenshot({ path: `test-results/pages/${shown.name}-${size}-${theme}.png` })
      if (size === 'wide') await keep(page, theme === 'light' ? shown.name : `${shown.name}-${theme}`)
      if ((size === 'wide') === (theme === 'light')) expect.soft(await violations(page), `${shown.name}, ${size}, ${theme}`).toEqual([])
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect.soft(overflow, `${shown.name}, ${size}: nothing sticks out at the side`).toBeLessThanOrEqual(0)
  }
  expect.soft(errors, `${shown.name}: no script fails`).toEqual([])
  await context.close()
}

/** Pictures that the docs show; the dark one of the dashboard stands for all. */
async function keep(page: Page, name: string): Promise<void> {
  if (!process.env.NEXUS_PICTURES || (name.endsWith('-dark') && name !== 'dashboard-dark')) return
  await page.screenshot({ path: `../../docs/images/pages/${name}.jpg`, type: 'jpeg', quality: 75 })
}

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)
}
