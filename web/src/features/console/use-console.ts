import { type RefObject, useEffect, useReducer, useRef, useState } from 'react'
import { initial, reduce } from '@/features/console/connection'
import { openSession } from '@/features/console/queries'
import { refusalText } from '@/features/console/refusal-text'
import { Screen } from '@/features/console/screen'
import { asApiError } from '@/lib/api/error'
import type { GuestRef } from '@/lib/api/types'
import { socketUrl } from '@/lib/paths'

type UseConsoleOptions = {
  tenant: string
  guest: GuestRef
  viewOnly: boolean
  /** Where the picture goes. */
  target: RefObject<HTMLElement | null>
  /** Where the last picture stays while there is no other. */
  still: RefObject<HTMLCanvasElement | null>
}

/** Runs the reducer of connection.ts: asks for sessions, holds the screen, waits between tries. */
export function useConsole({ tenant, guest, viewOnly, target, still }: UseConsoleOptions) {
  const [connection, dispatch] = useReducer(reduce, initial)
  const [screen, setScreen] = useState<Screen | null>(null)
  const [clipboard, setClipboard] = useState('')
  const { server, type, vmid } = guest

  // Effect 1: a session for each `opening`.
  const opening = connection.kind === 'opening'
  useEffect(() => {
    if (!opening) return
    const stop = new AbortController()
    openSession(tenant, { server, type, vmid }, viewOnly, stop.signal).then(
      console => !stop.signal.aborted && dispatch({ type: 'opened', console }),
      thrown => {
        if (stop.signal.aborted) return
        const { status, code } = asApiError(thrown)
        dispatch({ type: 'refused', status, code, detail: refusalText(thrown), at: Date.now() })
      },
    )
    return () => stop.abort()
  }, [opening, tenant, server, type, vmid, viewOnly])

  // Effect 2: a screen for each session, from the socket's opening to its end.
  const session = connection.kind === 'connecting' || connection.kind === 'live' ? connection.console : null
  const path = session?.path
  const sessionViewOnly = session?.view_only ?? true
  useEffect(() => {
    if (!path || !target.current) return
    const opened = new Screen({
      target: target.current,
      url: socketUrl(path, location.origin),
      viewOnly: sessionViewOnly,
      onLive: () => dispatch({ type: 'live', at: Date.now() }),
      onClosed: (code, reason) => dispatch({ type: 'closed', code, reason, at: Date.now() }),
      onClipboard: setClipboard,
      onStill: picture => keepStill(picture, still.current),
    })
    setScreen(opened)
    return () => {
      opened.close()
      setScreen(null)
    }
  }, [path, sessionViewOnly, target, still])

  // Effect 3: the wait between two tries; the network's return ends it early.
  const retryAt = connection.kind === 'reconnecting' ? connection.retryAt : null
  useEffect(() => {
    if (retryAt === null) return
    const retry = () => dispatch({ type: 'retry' })
    const timer = setTimeout(retry, Math.max(0, retryAt - Date.now()))
    window.addEventListener('online', retry)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('online', retry)
    }
  }, [retryAt])

  return { connection, dispatch, screen, clipboard }
}

function keepStill(picture: HTMLCanvasElement, still: HTMLCanvasElement | null): void {
  if (!still) return
  still.width = picture.width
  still.height = picture.height
  still.getContext('2d')?.drawImage(picture, 0, 0)
}

/** Guest running, but the page holds it for stopped and has not seen it otherwise: ask again after this. */
const DOUBT_MS = 4000

/** Opens the console by itself once a stopped guest runs. */
export function useOpenWhenRunning(stopped: boolean, status: string | undefined, open: () => void): void {
  // The list may lag behind: right after the stop it can still say running.
  const seenStopped = useRef(false)
  useEffect(() => {
    if (!stopped) {
      seenStopped.current = false
      return
    }
    if (status !== 'running') {
      if (status) seenStopped.current = true
      return
    }
    const timer = setTimeout(open, seenStopped.current ? 0 : DOUBT_MS)
    return () => clearTimeout(timer)
  }, [stopped, status, open])
}
