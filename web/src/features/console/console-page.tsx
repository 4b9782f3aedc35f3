import { useQuery } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useDocumentTitle } from '@/components/page'
import { ClipboardPanel } from '@/features/console/clipboard-panel'
import { ConsoleState } from '@/features/console/console-state'
import { EndingNote } from '@/features/console/ending-note'
import type { Quality, Scale, Screen } from '@/features/console/screen'
import { Toolbar } from '@/features/console/toolbar'
import { useConsole, useOpenWhenRunning } from '@/features/console/use-console'
import { useConsoleKeys } from '@/features/console/use-console-keys'
import { useEnding } from '@/features/console/use-ending'
import { useFullScreen } from '@/features/console/use-full-screen'
import { useStart } from '@/features/console/use-start'
import { useToolbar } from '@/features/console/use-toolbar'
import { isSignedOut } from '@/lib/api/error'
import { guestQuery } from '@/lib/api/queries'
import type { Guest, GuestRef } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { formatClock } from '@/lib/format'

/** How often a stopped guest is asked for while the event stream may be down. */
const LOOK_EVERY_MS = 3000

type ConsolePageProps = {
  tenant: string
  guest: GuestRef
  viewOnly: boolean
  /** The power menu belongs to another feature; the route brings it along. */
  power: (guest: Guest, onOpenChange: (open: boolean) => void) => ReactNode
  onLeave: () => void
  onSignIn: () => void
}

/** A console without a frame: the picture fills the window, the bar hides itself. */
export function ConsolePage({ tenant, guest: ref, viewOnly, power, onLeave, onSignIn }: ConsolePageProps) {
  const { t } = useTranslation()
  const target = useRef<HTMLDivElement>(null)
  const still = useRef<HTMLCanvasElement>(null)
  const { connection, dispatch, screen, clipboard } = useConsole({ tenant, guest: ref, viewOnly, target, still })
  const live = connection.kind === 'live'
  const stopped = connection.kind === 'stopped'
  const { data: guest, error } = useQuery({ ...guestQuery(tenant, ref), refetchInterval: stopped && LOOK_EVERY_MS })
  // An ended console says that itself; one that waits for its guest would wait for ever.
  const lost = stopped && isSignedOut(error)
  useEffect(() => {
    if (lost) onSignIn()
  }, [lost, onSignIn])
  const open = useCallback(() => dispatch({ type: 'open' }), [dispatch])
  useOpenWhenRunning(stopped, guest?.status, open)
  const start = useStart(tenant, guest, ref)
  const name = guest?.name ?? t('guest.unnamed', { vmid: ref.vmid })
  const ending = useEnding(screen, live ? connection.console : null)
  // Who looks at another tab reads it there.
  useDocumentTitle(ending ? `${formatClock(ending.seconds)} · ${name}` : name)
  const [scale, setScale] = useState<Scale>('fit')
  const [quality, setQuality] = useState<Quality>('balanced')
  const [panel, setPanel] = useState(false)
  const bar = useToolbar(live)
  const [fullScreen, toggleFullScreen] = useFullScreen()
  const readOnly = live ? connection.console.view_only : viewOnly
  useEffect(() => screen?.set(scale, quality), [screen, scale, quality])
  useEffect(() => {
    if (live) screen?.focus()
  }, [live, screen])
  useEffect(() => {
    screen?.label(
      t(readOnly ? 'console.canvas_view' : 'console.canvas', { name, state: t(`console.state_${connection.kind}`) }),
    )
  }, [screen, name, readOnly, connection.kind, t])
  useConsoleKeys({ screen, viewOnly: readOnly, onRelease: bar.focus, onWake: bar.wake })
  const send = (text: string) => {
    screen?.paste(text)
    toast.success(t('console.text_sent'))
  }
  return (
    <div className={cn('relative flex h-full flex-col overflow-hidden', live ? 'bg-black' : 'bg-background')}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: only looks whether the bar is in use, its buttons act */}
      <header
        ref={bar.bar}
        onPointerEnter={bar.onPointerEnter}
        onPointerLeave={bar.onPointerLeave}
        onFocus={bar.onFocus}
        onBlur={bar.onBlur}
        className={cn(
          'z-20 w-full border-b bg-background text-text transition-transform duration-[140ms]',
          bar.pinned ? 'relative' : 'absolute inset-x-0 top-0 shadow-float',
          !bar.shown && '-translate-y-full',
        )}
      >
        <Toolbar
          name={name}
          connection={connection}
          viewOnly={readOnly}
          scale={scale}
          quality={quality}
          pinned={bar.pinned}
          fullScreen={fullScreen}
          clipboardOpen={panel}
          power={guest?.may.power ? power(guest, bar.onMenu) : null}
          onScale={setScale}
          onQuality={setQuality}
          onPin={bar.togglePin}
          onFullScreen={toggleFullScreen}
          onClipboard={() => setPanel(!panel)}
          onScreenshot={() => screen && void saveScreenshot(screen, name)}
          onReconnect={() => {
            dispatch({ type: 'leave' })
            dispatch({ type: 'open' })
          }}
          onKeys={keys => {
            screen?.send(keys)
            screen?.focus()
          }}
          onMenu={bar.onMenu}
        />
      </header>
      {!bar.shown && <Handle label={t('console.show_toolbar')} onShow={bar.wake} />}
      <main className="relative min-h-0 flex-1">
        <canvas ref={still} aria-hidden className={cn('absolute inset-0 size-full object-contain', live && 'hidden')} />
        <div ref={target} className="absolute inset-0" />
        <ConsoleState
          connection={connection}
          name={name}
          start={start}
          onOpen={open}
          onRetry={() => dispatch({ type: 'retry' })}
          onCancel={() => dispatch({ type: 'leave' })}
          onLeave={onLeave}
          onSignIn={onSignIn}
        />
        {live && (
          <EndingNote
            ending={ending}
            below={bar.shown && !bar.pinned}
            onStay={() => {
              screen?.stay()
              screen?.focus()
            }}
          />
        )}
        {panel && live && !readOnly && (
          <ClipboardPanel fromGuest={clipboard} onSend={send} onClose={() => setPanel(false)} />
        )}
      </main>
    </div>
  )
}

/** What is left of the hidden bar: a small grip for mouse and finger. */
function Handle({ label, onShow }: { label: string; onShow: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onPointerEnter={onShow}
      onClick={onShow}
      className="absolute top-0 left-1/2 z-20 grid h-5 w-16 -translate-x-1/2 animate-fade-in place-items-center rounded-b-lg bg-background/70 text-text opacity-70 hover:opacity-100 max-md:h-7"
    >
      <ChevronDown className="size-4" aria-hidden />
    </button>
  )
}

async function saveScreenshot(screen: Screen, name: string): Promise<void> {
  const blob = await screen.picture()
  if (!blob) return
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${name.replace(/[^\w.-]+/g, '_')}-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
