// Every page in both sizes and both themes: nothing that a screen reader or a keyboard could not use, and a picture to
// look at in test-results/pages.

import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test'
import { consolePath, expectLive } from '../support/console.ts'
import { assigned, guestsOf, signIn, test, type World } from '../support/world.ts'

const SIZES = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const
const THEMES = ['light', 'dark'] as const

interface Shown {
  name: string
  role?: 'admin' | 'viewer'
  open: (page: Page, world: World) => Promise<void>
}

const PAGES: Shown[] = [
  {
    name: 'sign-in',
    open: async (page, world) => {
      await page.goto(`${world.nexus.origin}/sign-in`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    },
  },
  {
    name: 'guests',
    role: 'admin',
    open: async (page, world) => {
      await page.goto(`${world.nexus.origin}/t/demo/guests`)
      await expect(page.getByText('backup-relay').first()).toBeVisible()
    },
  },
  {
    name: 'guests-of-a-viewer',
    role: 'viewer',
    open: async (page, world) => {
      await page.goto(`${world.nexus.origin}/t/demo/guests`)
      await expect(page.getByText('web-01').first()).toBeVisible()
    },
  },
  {
    name: 'servers',
    role: 'admin',
    open: async (page, world) => {
      await page.goto(`${world.nexus.origin}/t/demo/servers`)
      await expect(page.getByText('berlin').first()).toBeVisible()
    },
  },
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
  {
    name: 'not-found',
    role: 'viewer',
    open: async (page, world) => {
      await page.goto(`${world.nexus.origin}/nothing-is-here`)
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    },
  },
]

for (const shown of PAGES) {
  test(`${shown.name} can be used by everybody`, async ({ browser, world }) => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const theme of THEMES) await look(browser, world, shown, size, viewport, theme)
    }
  })
}

const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()

/** The cookies of a person of this role, who signs in once for all pages. */
async function signedIn(browser: Browser, world: World, role: 'admin' | 'viewer') {
  const known = states.get(world.nexus.origin + role)
  if (known) return known
  const context = await browser.newContext()
  await signIn(await context.newPage(), world.nexus.origin, world.person(role))
  const state = await context.storageState()
  await context.close()
  states.set(world.nexus.origin + role, state)
  return state
}

async function look(
  browser: Browser,
  world: World,
  shown: Shown,
  size: string,
  viewport: { width: number; height: number },
  theme: 'light' | 'dark',
): Promise<void> {
  const storageState = shown.role && (await signedIn(browser, world, shown.role))
  const context = await browser.newContext({ viewport, colorScheme: theme, reducedMotion: 'reduce', locale: 'en-GB', storageState })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.message))
  await shown.open(page, world)
  await page.screenshot({ path: `test-results/pages/${shown.name}-${size}-${theme}.png` })
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze()
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(node => node.target.join(' ')).join(', ')}`)
  expect.soft(found, `${shown.name}, ${size}, ${theme}`).toEqual([])
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(overflow, `${shown.name}, ${size}, ${theme}: nothing sticks out at the side`).toBeLessThanOrEqual(0)
  expect.soft(errors, `${shown.name}, ${size}, ${theme}: no script fails`).toEqual([])
  await context.close()
}
