import { useState } from 'react'

const KEY = 'nexus-drawer-height'
const FIRST = 300
/** Of the window, where it is narrow: there is no room for both the page and the list. */
const FIRST_NARROW = 0.55
export const LEAST = 160
export const MOST = 900

export type DrawerHeight = { value: number; change: (height: number) => void }

/** How high the open drawer is; kept in this browser. */
export function useDrawerHeight(): DrawerHeight {
  const [value, setValue] = useState(() => within(Number(localStorage.getItem(KEY)) || first()))
  return {
    value,
    change: height => {
      const next = within(height)
      localStorage.setItem(KEY, String(next))
      setValue(next)
    },
  }
}

function first(): number {
  return window.innerWidth < 768 ? window.innerHeight * FIRST_NARROW : FIRST
}

function within(height: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, height)))
}
