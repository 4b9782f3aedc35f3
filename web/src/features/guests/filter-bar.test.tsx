import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useRef, useState } from 'react'
import { expect, it, vi } from 'vitest'
import { FilterBar } from '@/features/guests/filter-bar'
import { makeGuest } from '@/lib/fixtures'
import { renderPage } from '@/lib/test-render'

const guests = [
  makeGuest({ tags: ['web', 'prod'] }),
  makeGuest({ vmid: 101, tags: ['db'], status: 'stopped' }),
  makeGuest({ vmid: 102, tags: ['two words'], type: 'lxc' }),
]

function Bar({ first, told, plain }: { first: string; told: (text: string) => void; plain: boolean }) {
  const [text, setText] = useState(first)
  const input = useRef<HTMLInputElement>(null)
  const onText = (next: string) => {
    told(next)
    setText(next)
  }
  const place = { guests, favourites: 0, text, onText, input, plain, matching: 1 }
  return <FilterBar {...place} />
}

async function show(first = '', plain = false) {
  const told = vi.fn()
  await renderPage(<Bar first={first} told={told} plain={plain} />)
  return { told, input: screen.getByRole<HTMLInputElement>('combobox', { name: 'Filter guests' }) }
}

it('puts a field and a value together from what it offers, with the keyboard alone', async () => {
  const { input, told } = await show()
  await userEvent.type(input, 'ta')
  await userEvent.keyboard('{ArrowDown}{Enter}')
  expect(input.value).toBe('tag:')
  expect(screen.getAllByRole('option').map(option => option.textContent)).toEqual([
    'tag:db1',
    'tag:prod1',
    'tag:two words1',
    'tag:web1',
  ])
  await userEvent.keyboard('two{ArrowDown}{Enter}')
  expect(input.value).toBe('tag:"two words" ')
  expect(told).toHaveBeenLastCalledWith('tag:"two words" ')
  expect(screen.queryByRole('listbox')).toBeNull()
})

it('keeps what was typed when the list of offers is closed, and clears it then', async () => {
  const { input, told } = await show()
  await userEvent.type(input, 'status:r')
  expect(screen.getByRole('option').textContent).toBe('status:running2')
  await userEvent.keyboard('{Escape}')
  expect(input.value).toBe('status:r')
  await waitFor(() => expect(told).toHaveBeenLastCalledWith('status:r'))
  await userEvent.keyboard('{Escape}')
  expect(input.value).toBe('')
  expect(told).toHaveBeenLastCalledWith('')
})

it('says which field it does not know, and puts the right one in', async () => {
  const { told } = await show('stat:running')
  expect(screen.getByText(/“stat:” is no field/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Use status:' }))
  expect(told).toHaveBeenLastCalledWith('status:running')
  expect(screen.queryByText(/is no field/)).toBeNull()
})

it('narrows down by state with one button', async () => {
  const { told } = await show('web')
  const stopped = screen.getByRole('button', { name: /Stopped/ })
  expect(stopped.getAttribute('aria-pressed')).toBe('false')
  await userEvent.click(stopped)
  expect(told).toHaveBeenLastCalledWith('web status:stopped')
  expect(stopped.getAttribute('aria-pressed')).toBe('true')
  await userEvent.click(stopped)
  expect(told).toHaveBeenLastCalledWith('web')
})

it('speaks of no places to people with single guests', async () => {
  const { input } = await show('', true)
  expect(screen.queryByRole('button', { name: 'Type' })).toBeNull()
  await userEvent.click(input)
  expect(screen.getAllByRole('option').map(option => option.textContent)).toEqual([
    'status:running, stopped, …',
    'tag:the whole tag',
    'is:favourite, template',
  ])
})
