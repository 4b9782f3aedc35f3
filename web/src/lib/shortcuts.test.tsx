import { cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react'
import { act } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { keyOfEvent, useShortcuts, useSingleKeys } from '@/lib/shortcuts'

afterEach(() => {
  cleanup()
  localStorage.clear()
})

function Page({ run }: { run: (key: string) => void }) {
  useShortcuts('shortcuts.everywhere', [
    { keys: ['j', 'ArrowDown'], text: 'shortcuts.this', run: () => run('j') },
    { keys: ['g d'], text: 'shortcuts.go_dashboard', run: () => run('g d') },
    { keys: ['mod+k'], text: 'shortcuts.palette', run: () => run('mod+k') },
  ])
  return <input aria-label="field" />
}

it('runs single keys, keys after one another, and commands', () => {
  const run = vi.fn()
  render(<Page run={run} />)
  for (const key of ['j', 'ArrowDown', 'd', 'g', 'd']) fireEvent.keyDown(document.body, { key })
  fireEvent.keyDown(document.body, { key: 'k', ctrlKey: true })
  expect(run.mock.calls.flat()).toEqual(['j', 'j', 'g d', 'mod+k'])
})

it('leaves typing alone, but not commands', () => {
  const run = vi.fn()
  render(<Page run={run} />)
  const field = screen.getByLabelText('field')
  fireEvent.keyDown(field, { key: 'j' })
  fireEvent.keyDown(field, { key: 'k', metaKey: true })
  expect(run.mock.calls.flat()).toEqual(['mod+k'])
})

it('does nothing with characters when they are switched off', () => {
  const run = vi.fn()
  render(<Page run={run} />)
  const { result } = renderHook(() => useSingleKeys())
  act(() => result.current[1](false))
  fireEvent.keyDown(document.body, { key: 'j' })
  fireEvent.keyDown(document.body, { key: 'ArrowDown' })
  expect(run.mock.calls.flat()).toEqual(['j'])
  act(() => result.current[1](true))
})

it('is gone with its page', () => {
  const run = vi.fn()
  render(<Page run={run} />).unmount()
  fireEvent.keyDown(document.body, { key: 'j' })
  expect(run).not.toHaveBeenCalled()
})

it('names keys as they are written', () => {
  const plain = { ctrlKey: false, metaKey: false, altKey: false }
  expect(keyOfEvent({ ...plain, key: '?' })).toBe('?')
  expect(keyOfEvent({ ...plain, key: 'K', ctrlKey: true })).toBe('mod+k')
  expect(keyOfEvent({ ...plain, key: 'j', altKey: true })).toBeNull()
  expect(keyOfEvent({ ...plain, key: 'Shift' })).toBeNull()
})
