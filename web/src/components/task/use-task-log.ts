import { useCallback, useEffect, useState } from 'react'
import { getTaskLog, LOG_PART } from '@/lib/api/task-queries'
import type { TaskLogLine } from '@/lib/api/types'

/** Lines that are kept: a log can grow for as long as its task runs. */
export const KEPT = 2000
/** Between two questions while the task runs, and after one that failed. */
const PAUSE_MS = 1000
const RETRY_MS = 5000

export type LogState = {
  lines: TaskLogLine[]
  /** Lines that were there and are kept no more. */
  dropped: number
  /** Nothing more will come. */
  complete: boolean
  loaded: boolean
  error: unknown
}

const EMPTY: LogState = { lines: [], dropped: 0, complete: false, loaded: false, error: null }

/** The lines with more after them, within the bound. */
export function withLines(state: LogState, lines: TaskLogLine[], complete: boolean): LogState {
  const all = [...state.lines, ...lines]
  const over = Math.max(0, all.length - KEPT)
  return { lines: over ? all.slice(over) : all, dropped: state.dropped + over, complete, loaded: true, error: null }
}

/** Follows the log of a task until it is complete; it rests while nobody looks at the page. */
export function useTaskLog(tenant: string, task: string, enabled: boolean): LogState & { retry: () => void } {
  const [round, setRound] = useState(0)
  const [state, setState] = useState(EMPTY)
  const retry = useCallback(() => setRound(old => old + 1), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round begins anew
  useEffect(() => {
    if (!enabled) return
    const stop = new AbortController()
    setState(EMPTY)
    void follow(tenant, task, stop.signal, setState)
    return () => stop.abort()
  }, [tenant, task, enabled, round])
  return { ...state, retry }
}

type SetState = (change: (old: LogState) => LogState) => void

async function follow(tenant: string, task: string, signal: AbortSignal, setState: SetState): Promise<void> {
  let from = 1
  while (!signal.aborted) {
    await visible(signal)
    try {
      const part = await getTaskLog(tenant, task, from, signal)
      if (signal.aborted) return
      from = Math.max(from, part.next)
      setState(old => withLines(old, part.lines, part.complete))
      if (part.complete) return
      if (part.lines.length < LOG_PART) await pause(PAUSE_MS, signal)
    } catch (error) {
      if (signal.aborted) return
      setState(old => ({ ...old, error }))
      await pause(RETRY_MS, signal)
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function visible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState !== 'hidden') return Promise.resolve()
  return new Promise(resolve => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => resolve())
  })
}
