import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/** The tokens of app.css, checked against WCAG AA: 4.5 for text, 3 for signs. */
const css = readFileSync('src/app.css', 'utf8')

function tokens(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`\n${selector} {`)).split('}')[0] ?? ''
  return new Map([...block.matchAll(/--([\w-]+): (\d+ \d+% \d+%)/g)].map(match => [match[1] ?? '', match[2] ?? '']))
}

const light = tokens(':root,\n.light')
const themes = { light, dark: new Map([...light, ...tokens('.dark')]) }

function luminance(hsl: string): number {
  const [h = 0, s = 0, l = 0] = hsl.split(/[ %]+/).map(Number)
  const chroma = (s / 100) * Math.min(l / 100, 1 - l / 100)
  const channel = (n: number) => {
    const k = (n + h / 30) % 12
    const value = l / 100 - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4)
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['background', 'surface', 'raised', 'hover']
const texts = [
  'text',
  'muted',
  'primary-text',
  'secondary-text',
  'accent-text',
  'info-text',
  'success-text',
  'warning-text',
  'destructive-text',
]
const WHITE = '0 0% 100%'

describe.each(Object.entries(themes))('%s', (_name, theme) => {
  const colour = (token: string) => theme.get(token) ?? ''

  it.each(grounds.flatMap(ground => texts.map(text => [text, ground] as const)))(
    '%s can be read on %s',
    (text, ground) => {
      expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5)
    },
  )

  it.each([
    'primary-solid',
    'primary-hover',
    'secondary-solid',
    'accent-solid',
    'destructive-solid',
    'destructive-hover',
  ])('white can be read on %s', ground => {
    expect(contrast(WHITE, colour(ground))).toBeGreaterThanOrEqual(4.5)
  })

  it.each([1, 2, 3, 4, 5, 6])('line %i of a chart can be seen', number => {
    for (const ground of ['background', 'raised'])
      expect(contrast(colour(`chart-${number}`), colour(ground))).toBeGreaterThanOrEqual(3)
  })

  it('shows where the focus is', () => {
    for (const ground of grounds) expect(contrast(colour('primary'), colour(ground))).toBeGreaterThanOrEqual(3)
  })
})

it('has the colours of the look', () => {
  expect(themes.light.get('primary')).toBe('217 91% 60%')
  expect(themes.dark.get('background')).toBe('222 20% 8%')
  expect(contrast(WHITE, '0 0% 0%')).toBeCloseTo(21)
})
