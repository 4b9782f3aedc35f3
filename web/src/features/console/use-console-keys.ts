import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import type { Screen } from '@/features/console/screen'

type ConsoleKeysOptions = {
  screen: Screen | null
  viewOnly: boolean
  /** The keyboard leaves the guest. */
  onRelease: () => void
  /** The pointer came to the upper edge. */
  onWake: () => void
}

/** Height of the strip at the upper edge that brings the bar back. */
const EDGE = 6

/**
 * Keys that the page takes before the guest: Ctrl+Shift+V pastes this computer's clipboard, and Ctrl+Alt+Shift, let
 * go without another key, brings the keyboard back to the toolbar, so that nobody is caught in the picture.
 */
export function useConsoleKeys({ screen, viewOnly, onRelease, onWake }: ConsoleKeysOptions): void {
  const { t } = useTranslation()
  const chord = useRef(false)
  // The page is drawn again at any time, also between a key's going down and coming up.
  const latest = useRef({ onRelease, onWake })
  useEffect(() => {
    latest.current = { onRelease, onWake }
  })
  useEffect(() => {
    const onDown = (event: KeyboardEvent) => {
      chord.current = event.ctrlKey && event.altKey && event.shiftKey && ['Control', 'Alt', 'Shift'].includes(event.key)
      const paste = event.ctrlKey && event.shiftKey && !event.altKey && event.code === 'KeyV'
      if (!paste || viewOnly || !screen) return
      event.preventDefault()
      event.stopPropagation()
      navigator.clipboard.readText().then(
        text => screen.paste(text),
        () => toast.error(t('console.clipboard_denied')),
      )
    }
    const onUp = () => {
      if (chord.current) latest.current.onRelease()
      chord.current = false
    }
    const onMove = (event: PointerEvent) => event.clientY <= EDGE && latest.current.onWake()
    window.addEventListener('keydown', onDown, true)
    window.addEventListener('keyup', onUp, true)
    window.addEventListener('pointermove', onMove)
    return () => {
      window.removeEventListener('keydown', onDown, true)
      window.removeEventListener('keyup', onUp, true)
      window.removeEventListener('pointermove', onMove)
    }
  }, [screen, viewOnly, t])
}
