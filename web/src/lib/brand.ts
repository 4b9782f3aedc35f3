import type { Brand } from '@/lib/api/types'

/**
 * A tenant's colours, and what the pages make of them. A colour that was chosen says the hue; how dark or light it
 * stands in each theme follows from what must be readable (WCAG AA: 4.5 for text, 3 for what is only seen).
 */

type Rgb = readonly [number, number, number]
type Hsl = { h: number; s: number; l: number }
type Theme = 'light' | 'dark'

/** What things stand on in each theme, from the page to what one points at: the tokens of app.css. */
export const GROUNDS: Record<Theme, Record<'background' | 'surface' | 'raised' | 'hover', string>> = {
  light: { background: '0 0% 100%', surface: '220 20% 98%', raised: '0 0% 100%', hover: '220 16% 95%' },
  dark: { background: '222 20% 8%', surface: '222 18% 11%', raised: '222 18% 13%', hover: '222 16% 16%' },
}

/** What a colour must reach on both pages to be taken. */
export const LEAST_CONTRAST = 3
const TEXT = 4.5
/** How strong the soft ground is that text of the same hue stands on. */
const TINT = 0.12

/** "#rrggbb" in lower case of what a person types or pastes: "#RGB", "rrggbb". Null for anything else. */
export function asColour(text: string): string | null {
  const found = /^#?([\da-f]{3}|[\da-f]{6})$/i.exec(text.trim())?.[1]?.toLowerCase()
  if (!found) return null
  return `#${found.length === 3 ? [...found].map(digit => digit + digit).join('') : found}`
}

/** How well a colour is seen on the pages of both themes. */
export function contrastOf(colour: string): Record<Theme, number> {
  const rgb = rgbOf(colour)
  return { light: contrast(rgb, ground('light')), dark: contrast(rgb, ground('dark')) }
}

export function isVisible(colour: string): boolean {
  const { light, dark } = contrastOf(colour)
  return light >= LEAST_CONTRAST && dark >= LEAST_CONTRAST
}

/** The same hue, as much darker or lighter as it takes to be seen in both themes. */
export function nearestVisible(colour: string): string {
  const { h, s, l } = hslOf(rgbOf(colour))
  for (let step = 0; step <= 100; step += 0.5) {
    for (const moved of [l - step, l + step]) {
      const tried = hexOf(rgbOfHsl({ h, s, l: clamp(moved) }))
      if (isVisible(tried)) return tried
    }
  }
  return colour
}

/** The tokens that a brand puts in place of Nexus' own, for each theme; null where it leaves everything as it is. */
export function brandTokens(brand: Brand): Record<Theme, Record<string, string>> | null {
  const primary = colourOf(brand.primary_color)
  const secondary = colourOf(brand.secondary_color) ?? primary
  const accent = colourOf(brand.accent_color) ?? primary
  if (!primary && !secondary && !accent) return null
  const of = (theme: Theme) => ({
    ...(primary && shades('primary', primary, theme)),
    ...(secondary && shades('secondary', secondary, theme)),
    ...(accent && shades('accent', accent, theme)),
  })
  return { light: of('light'), dark: of('dark') }
}

/** The same as rules for the whole page. Made of numbers alone, whatever the colours were. */
export function brandCss(brand: Brand): string | null {
  const tokens = brandTokens(brand)
  if (!tokens) return null
  const rule = (selector: string, values: Record<string, string>) =>
    `${selector}{${Object.entries(values)
      .map(([name, value]) => `${name}:${value}`)
      .join(';')}}`
  return rule(':root', tokens.light) + rule('.dark', tokens.dark)
}

function colourOf(colour: string | null | undefined): Hsl | null {
  const known = colour ? asColour(colour) : null
  return known ? hslOf(rgbOf(known)) : null
}

/** One colour as it is seen, as a ground of white letters (and that under the pointer), and as text. */
function shades(name: string, colour: Hsl, theme: Theme): Record<string, string> {
  const away = theme === 'light' ? -1 : 1
  const grounds = Object.values(GROUNDS[theme]).map(rgbOfToken)
  const seen = move(colour, away, rgb => grounds.every(under => contrast(rgb, under) >= LEAST_CONTRAST))
  const carries = (rgb: Rgb) => contrast(rgb, WHITE) >= TEXT
  const solid = move(colour, -1, carries)
  const lighter = { ...solid, l: clamp(solid.l + 4) }
  const hover = theme === 'dark' && carries(rgbOfHsl(rounded(lighter))) ? lighter : { ...solid, l: clamp(solid.l - 6) }
  const tint = rgbOfHsl(seen)
  const under = [...grounds, ...grounds.map(rgb => mix(tint, rgb, TINT))]
  const text = move(colour, away, rgb => under.every(one => contrast(rgb, one) >= TEXT))
  return {
    [`--${name}`]: tokenOf(seen),
    [`--${name}-solid`]: tokenOf(solid),
    [`--${name}-hover`]: tokenOf(hover),
    [`--${name}-text`]: tokenOf(text),
  }
}

/** Goes darker or lighter until it is good; black and white are good in the end. */
function move(colour: Hsl, direction: 1 | -1, good: (rgb: Rgb) => boolean): Hsl {
  let moved = rounded(colour)
  while (!good(rgbOfHsl(moved)) && moved.l > 0 && moved.l < 100) moved = { ...moved, l: clamp(moved.l + direction) }
  return moved
}

/** As it stands in a token, so that what was measured is what is shown. */
function rounded({ h, s, l }: Hsl): Hsl {
  return { h: Math.round(h), s: Math.round(s), l: Math.round(l) }
}

function tokenOf(colour: Hsl): string {
  const { h, s, l } = rounded(colour)
  return `${h} ${s}% ${l}%`
}

const clamp = (percent: number) => Math.min(100, Math.max(0, percent))

const WHITE: Rgb = [255, 255, 255]

const ground = (theme: Theme) => rgbOfToken(GROUNDS[theme].background)

function rgbOfToken(token: string): Rgb {
  const [h = 0, s = 0, l = 0] = token.split(/[ %]+/).map(Number)
  return rgbOfHsl({ h, s, l })
}

function rgbOf(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16)
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255]
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map(channel => Math.round(channel).toString(16).padStart(2, '0')).join('')}`
}

function rgbOfHsl({ h, s, l }: Hsl): Rgb {
  const chroma = (s / 100) * Math.min(l / 100, 1 - l / 100)
  const channel = (n: number) => {
    const k = (n + h / 30) % 12
    return 255 * (l / 100 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return [channel(0), channel(8), channel(4)]
}

function hslOf([red, green, blue]: Rgb): Hsl {
  const [r, g, b] = [red / 255, green / 255, blue / 255]
  const most = Math.max(r, g, b)
  const least = Math.min(r, g, b)
  const range = most - least
  const l = (most + least) / 2
  if (range === 0) return { h: 0, s: 0, l: l * 100 }
  const turn = most === r ? ((g - b) / range + 6) % 6 : most === g ? (b - r) / range + 2 : (r - g) / range + 4
  return { h: turn * 60, s: (range / (1 - Math.abs(2 * l - 1))) * 100, l: l * 100 }
}

function mix(over: Rgb, under: Rgb, strength: number): Rgb {
  const channel = (at: 0 | 1 | 2) => over[at] * strength + under[at] * (1 - strength)
  return [channel(0), channel(1), channel(2)]
}

function luminance(rgb: Rgb): number {
  const [r = 0, g = 0, b = 0] = rgb.map(channel => {
    const value = channel / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG's ratio, from 1 to 21. */
function contrast(one: Rgb, other: Rgb): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}
