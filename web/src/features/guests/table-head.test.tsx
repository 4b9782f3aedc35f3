import { fireEvent, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { useState } from 'react'
import { expect, it, vi } from 'vitest'
import { ColumnPanel } from '@/features/guests/column-panel'
import { DEFAULT_COLUMNS, shownColumns, sizeColumn, stepColumn } from '@/features/guests/columns'
import { parseSort } from '@/features/guests/sort'
import { TableHead } from '@/features/guests/table-head'
import { renderPage } from '@/lib/test-render'

const onSort = vi.fn()

function Head() {
  const [choice, setChoice] = useState(DEFAULT_COLUMNS)
  const ids = shownColumns(choice, 1193)
  return (
    <table>
      <thead>
        <TableHead
          ids={ids}
          sort={parseSort('name')}
          onSort={onSort}
          actions={{
            move: () => undefined,
            step: (id, by) => setChoice(stepColumn(choice, ids, id, by)),
            size: (id, width) => setChoice(sizeColumn(choice, id, width)),
          }}
          select={null}
          tools={<ColumnPanel choice={choice} shown={ids} onChoice={setChoice} />}
        />
      </thead>
      <tbody />
    </table>
  )
}

const heads = () => screen.getAllByRole('columnheader').map(head => head.dataset.column ?? '')

it('sorts with a click and says by what', async () => {
  await renderPage(<Head />)
  expect(screen.getByRole('columnheader', { name: 'Name' }).getAttribute('aria-sort')).toBe('ascending')
  await userEvent.click(screen.getByRole('button', { name: 'CPU' }))
  expect(onSort).toHaveBeenLastCalledWith({ column: 'cpu', descending: true })
})

it('moves a column with the keyboard', async () => {
  await renderPage(<Head />)
  const before = heads()
  fireEvent.keyDown(screen.getByRole('button', { name: 'CPU' }), { key: 'ArrowLeft', altKey: true })
  const after = heads()
  expect(after.indexOf('cpu')).toBe(before.indexOf('cpu') - 1)
  expect(new Set(after)).toEqual(new Set(before))
})

it('shows, moves and sizes columns from their list', async () => {
  await renderPage(<Head />)
  await userEvent.click(screen.getByRole('button', { name: 'Columns' }))
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Pool' }))
  expect(heads()).toContain('pool')
  expect(heads()).toContain('tags')
  await userEvent.click(screen.getByRole('checkbox', { name: 'CPU' }))
  expect(heads()).not.toContain('cpu')
  expect(screen.getByRole<HTMLInputElement>('checkbox', { name: 'Name' }).disabled).toBe(true)
  await userEvent.click(screen.getByRole('button', { name: 'Move State to the right' }))
  expect(heads().indexOf('status')).toBe(heads().indexOf('name') + 1)
  const width = screen.getByRole<HTMLInputElement>('spinbutton', { name: 'Width of Memory in pixels' })
  fireEvent.change(width, { target: { value: '200' } })
  expect(width.value).toBe('200')
  await userEvent.click(screen.getByRole('button', { name: 'Default columns' }))
  expect(heads()).toEqual(shownColumns(DEFAULT_COLUMNS, 1193).map(id => (id === 'select' ? '' : id)))
})
