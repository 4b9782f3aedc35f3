import { useEffect, useState } from 'react'

type KeyboardLock = { lock?: () => Promise<void>; unlock?: () => void }

/** Full screen, with the system's own keys for the guest where the browser gives them. */
export function useFullScreen() {
  const [active, setActive] = useState(false)
  useEffect(() => {
    const onChange = () => setActive(document.fullscreenElement !== null)
    document.addEventListener('fullscreenchange', onChange)
    return () => document.removeEventListener('fullscreenchange', onChange)
  }, [])
  const toggle = async () => {
    const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard
    if (document.fullscreenElement) {
      keyboard?.unlock?.()
      await document.exitFullscreen()
      return
    }
    await document.documentElement.requestFullscreen().catch(() => undefined)
    await keyboard?.lock?.().catch(() => undefined)
  }
  return [active, () => void toggle()] as const
}
