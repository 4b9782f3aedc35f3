import { type PointerEvent, useEffect, useRef, useState } from 'react'

const HIDE_MS = 2500
const PINNED = 'nexus-console-pinned'

/** When the bar shows: pinned, while something of it is used, and for a moment after the pointer came to the top. */
export function useToolbar(live: boolean) {
  const bar = useRef<HTMLDivElement>(null)
  const [pinned, setPinned] = useState(() => localStorage.getItem(PINNED) === 'yes')
  const [awake, setAwake] = useState(true)
  const [menu, setMenu] = useState(false)
  const [inside, setInside] = useState(false)
  useEffect(() => {
    if (!awake || inside || menu) return
    const timer = setTimeout(() => setAwake(false), HIDE_MS)
    return () => clearTimeout(timer)
  }, [awake, inside, menu])
  const [wasLive, setWasLive] = useState(live)
  if (live !== wasLive) {
    setWasLive(live)
    setAwake(true)
  }
  return {
    bar,
    pinned,
    shown: pinned || !live || awake || menu || inside,
    onMenu: setMenu,
    wake: () => setAwake(true),
    focus: () => {
      setAwake(true)
      bar.current?.querySelector<HTMLElement>('button')?.focus()
    },
    togglePin: () => {
      localStorage.setItem(PINNED, pinned ? 'no' : 'yes')
      setPinned(!pinned)
    },
    onPointerEnter: (event: PointerEvent) => event.pointerType === 'mouse' && setInside(true),
    onPointerLeave: () => setInside(false),
    onFocus: () => setInside(true),
    onBlur: () => setInside(false),
  }
}
