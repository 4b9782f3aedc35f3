import { useSyncExternalStore } from 'react'

/** What the drawer at the bottom shows; pages open it when they have begun something. */
export type DrawerState = {
  open: boolean
  tab: 'tasks' | 'bulk'
  /** The task whose log shows. */
  task: string | null
  /** The action on many guests that shows. */
  bulk: string | null
}

let state: DrawerState = { open: false, tab: 'tasks', task: null, bulk: null }
const watchers = new Set<() => void>()

export function setDrawer(change: Partial<DrawerState>): void {
  state = { ...state, ...change }
  for (const watcher of watchers) watcher()
}

export function useDrawer(): DrawerState {
  return useSyncExternalStore(
    watcher => {
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
    () => state,
  )
}
