import { fireEvent, render } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Avatar, GROUNDS, groundOf } from '@/components/avatar'

/** Contrast of white on an HSL colour, by WCAG 2. */
function contrastOnWhite(hsl: string): number {
  const [h = 0, s = 0, l = 0] = hsl.split(' ').map(part => Number.parseFloat(part))
  const channel = (n: number) => {
    const k = (n + h / 30) % 12
    const a = (s / 100) * Math.min(l / 100, 1 - l / 100)
    const value = l / 100 - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return 1.05 / (0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4) + 0.05)
}

it.each(GROUNDS)('white letters can be read on %s', ground => {
  expect(contrastOnWhite(ground)).toBeGreaterThanOrEqual(4.5)
})

it('gives a person the same colour each time, and people different ones', () => {
  expect(groundOf('a-1')).toBe(groundOf('a-1'))
  expect(new Set(Array.from({ length: 60 }, (_, index) => groundOf(`person-${index}`))).size).toBeGreaterThan(6)
})

it('shows the picture under its tag, and the initials when it does not load', () => {
  const { container } = render(<Avatar person={{ id: 'u1', full_name: 'Jane Doe', avatar: 'abc' }} />)
  const picture = container.querySelector('img')
  expect(picture?.getAttribute('src')).toBe('/api/v1/avatars/u1?v=abc')
  if (picture) fireEvent.error(picture)
  expect(container.textContent).toBe('JD')
})
