// The console page as the tests use it: its picture, its keyboard, its messages.

import { expect, type Locator, type Page } from '@playwright/test'
import { t } from './texts.ts'
import type { Guest, Tenant } from './world.ts'

export interface Picture {
  width: number
  height: number
  /** Number of different colours, counted up to 64. */
  colours: number
  /** Pixels that are not black. */
  lit: number
  /** A number that changes with any pixel. */
  sum: number
}

export function consolePath(tenant: Tenant, guest: Guest, viewOnly = false): string {
  const path = `/t/${tenant.slug}/console/${guest.server.id}/${guest.type}/${guest.vmid}`
  return viewOnly ? `${path}?view_only=1` : path
}

/** The pixels of the console's canvas, or nothing while there is none. */
export async function picture(page: Page): Promise<Picture | undefined> {
  return await page.evaluate(() => {
    // The live picture has a name for screen readers; the still one behind it is hidden from them.
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[role="application"]')
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
    if (!canvas || !data || canvas.width === 0) return undefined
    const colours = new Set<number>()
    let lit = 0
    let sum = 0
    for (let i = 0; i < data.length; i += 4) {
      const colour = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0)
      if (colour !== 0) lit += 1
      if (colours.size < 64) colours.add(colour)
      sum = (Math.imul(sum, 31) + colour) | 0
    }
    return { width: canvas.width, height: canvas.height, colours: colours.size, lit, sum }
  })
}

/** Waits until the guest's screen is on the canvas. */
export async function expectPicture(page: Page): Promise<Picture> {
  await expect
    .poll(async () => (await picture(page))?.lit ?? 0, { message: 'the guest\'s screen is on the canvas', timeout: 40_000 })
    .toBeGreaterThan(200)
  const found = await picture(page)
  if (!found) throw new Error('the canvas went away')
  return found
}

/** The canvas under the name that a screen reader says while the console is live. */
export function liveCanvas(page: Page, guest: Guest, viewOnly = false): Locator {
  const name = t(viewOnly ? 'console.canvas_view' : 'console.canvas', { name: guest.name, state: t('console.state_live') })
  return page.getByRole('application', { name, exact: true })
}

/** Waits until the console is live and shows the guest's screen. */
export async function expectLive(page: Page, guest: Guest, viewOnly = false): Promise<Picture> {
  await expect(liveCanvas(page, guest, viewOnly)).toBeVisible({ timeout: 40_000 })
  return await expectPicture(page)
}

/** Types into the console, not faster than a person: an emulated keyboard has a small buffer. */
export async function type(page: Page, text: string): Promise<void> {
  await page.getByRole('application').click()
  await page.keyboard.type(text, { delay: 60 })
}
