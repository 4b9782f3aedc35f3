import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useTyped } from '@/lib/use-typed'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function field(first = '') {
  const told: string[] = []
  const onText = (text: string) => void told.push(text)
  const { result, rerender } = renderHook(({ text }) => useTyped(text, onText, 100), { initialProps: { text: first } })
  return {
    result,
    told,
    arrive: (text: string) => rerender({ text }),
    wait: () => act(() => vi.advanceTimersByTime(100)),
  }
}

it('tells when the person pauses', () => {
  const { result, told, wait } = field()
  act(() => result.current.type('w'))
  act(() => result.current.type('we'))
  expect(result.current.typed).toBe('we')
  expect(told).toEqual([])
  wait()
  expect(told).toEqual(['we'])
})

it('keeps what is typed while an older text comes back', () => {
  const { result, told, wait, arrive } = field()
  act(() => result.current.type('we'))
  wait()
  act(() => result.current.type('web'))
  arrive('we')
  expect(result.current.typed).toBe('web')
  wait()
  expect(told).toEqual(['we', 'web'])
  arrive('web')
  expect(result.current.typed).toBe('web')
  wait()
  expect(told).toEqual(['we', 'web'])
})

it('follows what comes from elsewhere', () => {
  const { result, told, arrive, wait } = field('web')
  arrive('tag:db')
  expect(result.current.typed).toBe('tag:db')
  act(() => result.current.send(''))
  expect(told).toEqual([''])
  arrive('')
  arrive('web')
  expect(result.current.typed).toBe('web')
  wait()
  expect(told).toEqual([''])
})
