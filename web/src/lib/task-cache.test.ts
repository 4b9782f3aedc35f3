import { type InfiniteData, QueryClient } from '@tanstack/react-query'
import { expect, it } from 'vitest'
import { keys } from '@/lib/api/keys'
import type { TaskList } from '@/lib/api/types'
import { makeTask } from '@/lib/fixtures'
import { applyTask, mergeIntoPages, type TaskFilter } from '@/lib/task-cache'

type Lists = InfiniteData<TaskList>

const pages = (...tasks: TaskList['tasks']): Lists => ({ pages: [{ tasks }], pageParams: [''] })
const ids = (data: Lists) => data.pages.flatMap(page => page.tasks).map(task => task.id)
const merge = (data: Lists, filter: TaskFilter, task: TaskList['tasks'][number]) =>
  ids(mergeIntoPages(data, filter, task, 'Jane'))

it('puts a new task on top of the lists that it belongs to', () => {
  const old = makeTask({ id: 'old' })
  const fresh = makeTask({ id: 'new' })
  const other = { ...fresh.guest, vmid: 7 }
  expect(merge(pages(old), {}, fresh)).toEqual(['new', 'old'])
  expect(merge(pages(old), { guest: fresh.guest }, fresh)).toEqual(['new', 'old'])
  expect(merge(pages(old), { guest: other }, fresh)).toEqual(['old'])
  expect(merge(pages(old), { own: true }, fresh)).toEqual(['new', 'old'])
  expect(merge(pages(old), { own: true }, makeTask({ id: 'new', user_name: 'Ben' }))).toEqual(['old'])
})

it('takes a task out of a list whose state is no longer its own', () => {
  const running = makeTask()
  expect(merge(pages(running), { state: 'running' }, makeTask({ state: 'ok' }))).toEqual([])
  expect(merge(pages(), { state: 'failed' }, makeTask({ state: 'failed' }))).toEqual(['task-1'])
})

it('does not bring an ended task back to life', () => {
  const ended = pages(makeTask({ state: 'ok' }))
  expect(mergeIntoPages(ended, {}, makeTask(), undefined)).toBe(ended)
})

it('reaches every list that is known', () => {
  const client = new QueryClient()
  client.setQueryData(keys.tasks('t'), { tasks: [] })
  client.setQueryData([...keys.taskLists('t'), { state: 'failed' }], pages())
  applyTask(client, 't', makeTask({ state: 'failed' }))
  expect(client.getQueryData<TaskList>(keys.tasks('t'))?.tasks).toHaveLength(1)
  expect(ids(client.getQueryData<Lists>([...keys.taskLists('t'), { state: 'failed' }]) ?? pages())).toEqual(['task-1'])
})
