import { expect, it } from 'vitest'
import { COMBINATIONS, strokes, VIRTUAL_CONSOLES } from '@/features/console/keys'

it('presses in order and lets go in reverse', () => {
  const combination = COMBINATIONS.find(({ label }) => label === 'Ctrl + Alt + Del')
  expect(strokes(combination?.keys ?? []).map(({ key, down }) => `${key[1]} ${down ? 'down' : 'up'}`)).toEqual([
    'ControlLeft down',
    'AltLeft down',
    'Delete down',
    'Delete up',
    'AltLeft up',
    'ControlLeft up',
  ])
})

it('has the twelve text consoles with their keysyms', () => {
  expect(VIRTUAL_CONSOLES.map(({ keys }) => keys[2]?.[0])).toEqual(
    Array.from({ length: 12 }, (_, index) => 0xffbe + index),
  )
})
