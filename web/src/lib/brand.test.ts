import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { asColour, brandCss, brandTokens, contrastOf, GROUNDS, isVisible, nearestVisible } from '@/lib/brand'

const none = { primary_color: null, secondary_color: null, accent_color: null, logo: null }

/** The ratio of two tokens or colours, worked out apart from what is tested. */
function ratio(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

function luminance(token: string): number {
  const [h = 0, s = 0, l = 0] = token.split(/[ %]+/).map(Number)
  const chroma = (s / 100) * Math.min(l / 100, 1 - l / 100)
  const channel = (n: number) => {
    const k = (n + h / 30) % 12
    const value = l / 100 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4)
}

it('reads colours as people write them', () => {
  expect(asColour(' #3B82F6 ')).toBe('#3b82f6')
  expect(asColour('3b82f6')).toBe('#3b82f6')
  expect(asColour('#0Af')).toBe('#00aaff')
  for (const wrong of ['', '#', '#12', '#12345', '#1234567', 'red', '#gggggg', 'rgb(1,2,3)', '#123456;}'])
    expect(asColour(wrong), wrong).toBeNull()
})

it('measures against both pages, and finds the nearest that can be seen on both', () => {
  expect(contrastOf('#ffffff')).toEqual({ light: 1, dark: expect.closeTo(18.4, 0) })
  expect(contrastOf('#777777').light).toBeCloseTo(4.48, 1)
  expect(isVisible('#3b82f6')).toBe(true)
  for (const bad of ['#ffff00', '#000000', '#ffffff', '#101040', '#f0f0f0']) {
    expect(isVisible(bad), bad).toBe(false)
    expect(isVisible(nearestVisible(bad)), bad).toBe(true)
  }
  expect(nearestVisible('#3b82f6')).toBe('#3b82f6')
})

it('knows the grounds of the look', () => {
  const css = readFileSync('src/app.css', 'utf8')
  const [light = '', dark = ''] = css.split('\n.dark {')
  for (const [name, value] of Object.entries(GROUNDS.light)) expect(light).toContain(`--${name}: ${value};`)
  for (const [name, value] of Object.entries(GROUNDS.dark)) expect(dark).toContain(`--${name}: ${value};`)
})

it('leaves everything as it is without colours, and without any that is one', () => {
  expect(brandTokens(none)).toBeNull()
  expect(brandCss({ ...none, primary_color: 'red;}body{display:none' })).toBeNull()
})

it('takes the first colour for those that were not chosen', () => {
  const tokens = brandTokens({ ...none, primary_color: '#0f766e', accent_color: '#b45309' })?.light
  expect(tokens?.['--secondary-text']).toBe(tokens?.['--primary-text'])
  expect(tokens?.['--accent-text']).not.toBe(tokens?.['--primary-text'])
  const alone = brandTokens({ ...none, accent_color: '#b45309' })?.light
  expect(Object.keys(alone ?? {}).every(name => name.startsWith('--accent'))).toBe(true)
})

it('writes rules for both themes', () => {
  const css = brandCss({ ...none, primary_color: '#0f766e' }) ?? ''
  expect(css).toMatch(/^:root\{--primary:\d+ \d+% \d+%;.*\}\.dark\{--primary:\d+ \d+% \d+%;.*\}$/)
})

/** Hues around the circle, grey, and the ends of what is taken. */
const COLOURS = [
  ...Array.from({ length: 24 }, (_, index) => index * 15).flatMap(hue =>
    [20, 60, 100].map(saturation => nearestVisible(hex(hue, saturation, 50))),
  ),
  ...['#777777', '#ffff00', '#000000', '#ffffff', '#808000', '#5b5bd6'].map(nearestVisible),
]

function hex(h: number, s: number, l: number): string {
  const chroma = (s / 100) * Math.min(l / 100, 1 - l / 100)
  const channel = (n: number) => {
    const k = (n + h / 30) % 12
    const value = Math.round(255 * (l / 100 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
    return value.toString(16).padStart(2, '0')
  }
  return `#${channel(0)}${channel(8)}${channel(4)}`
}

describe.each(['light', 'dark'] as const)('in the %s theme', theme => {
  it.each(COLOURS)('%s can be read and seen', colour => {
    const tokens = brandTokens({ ...none, primary_color: colour })?.[theme] ?? {}
    const token = (name: string) => tokens[`--primary${name}`] ?? ''
    for (const ground of Object.values(GROUNDS[theme])) {
      expect(ratio(token('-text'), ground)).toBeGreaterThanOrEqual(4.5)
      expect(ratio(token(''), ground)).toBeGreaterThanOrEqual(3)
    }
    expect(ratio('0 0% 100%', token('-solid'))).toBeGreaterThanOrEqual(4.5)
    expect(ratio('0 0% 100%', token('-hover'))).toBeGreaterThanOrEqual(4.5)
    expect(token('-hover')).not.toBe(token('-solid'))
  })
})
