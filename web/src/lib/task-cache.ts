import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { keys } from '@/lib/api/keys'
import type { GuestRef, Me, Task, TaskList, TaskState } from '@/lib/api/types'
import { keyOf } from '@/lib/guest-key'

/** Which tasks a list shows: of one guest, one's own, in one state. */
export type TaskFilter = {
  guest?: GuestRef | undefined
  own?: boolean | undefined
  state?: TaskState | undefined
}

type Lists = InfiniteData<TaskList>

/** How many tasks the short list keeps. */
const NEWEST = 50

/** Newest first; an older state of a task that has ended does not bring it back to running. */
export function mergeTask(list: TaskList, task: Task, keep = NEWEST): TaskList {
  const old = list.tasks.find(other => other.id === task.id)
  if (old && isOlder(task, old)) return list
  if (old) return { ...list, tasks: list.tasks.map(other => (other.id === task.id ? task : other)) }
  return { ...list, tasks: [task, ...list.tasks].slice(0, keep) }
}

function isOlder(task: Task, known: Task): boolean {
  return known.state !== 'running' && task.state === 'running'
}

/** A name is all that a task tells of its person. */
function fits(task: Task, filter: TaskFilter, me: string | undefined): boolean {
  if (filter.guest && keyOf(filter.guest) !== keyOf(task.guest)) return false
  if (filter.state && filter.state !== task.state) return false
  return !filter.own || task.user_name === me
}

/** The list with the task in its place, on top when it is new, or without it when its state is another by now. */
export function mergeIntoPages(data: Lists, filter: TaskFilter, task: Task, me: string | undefined): Lists {
  const known = data.pages.flatMap(page => page.tasks).find(other => other.id === task.id)
  if (known && isOlder(task, known)) return data
  const wanted = fits(task, filter, me)
  if (!known && !wanted) return data
  const pages = data.pages.map((page, index) => {
    if (known && wanted) return { ...page, tasks: page.tasks.map(other => (other.id === task.id ? task : other)) }
    if (known) return { ...page, tasks: page.tasks.filter(other => other.id !== task.id) }
    return index === 0 ? { ...page, tasks: [task, ...page.tasks] } : page
  })
  return { ...data, pages }
}

/** Brings a task that began, went on or ended into every list that is known. */
export function applyTask(client: QueryClient, tenant: string, task: Task): void {
  client.setQueryData<TaskList>(keys.tasks(tenant), list => list && mergeTask(list, task))
  const queryKey = keys.taskLists(tenant)
  const me = client.getQueryData<Me | null>(keys.me)?.user.full_name
  for (const [key, data] of client.getQueriesData<Lists>({ queryKey })) {
    if (data) client.setQueryData(key, mergeIntoPages(data, key[queryKey.length] as TaskFilter, task, me))
  }
}
