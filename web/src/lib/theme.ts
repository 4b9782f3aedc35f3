import { useSyncExternalStore } from 'react'
import type { Theme } from '@/lib/api/types'

/** The theme lives on the root element; public/theme.js sets it before the first paint by the same rule. */
const STORED = 'nexus-theme'
const listeners = new Set<() => void>()

function storedTheme(): Theme {
  const value = localStorage.getItem(STORED)
  return value === 'light' || value === 'dark' ? value : 'system'
}

function apply(theme: Theme): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(STORED, theme)
  apply(theme)
}

/** Follows the system while the theme is `system`, and other tabs always. */
export function followTheme(): void {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => apply(storedTheme()))
  window.addEventListener('storage', event => {
    if (event.key === STORED) apply(storedTheme())
  })
}

export function useTheme(): Theme {
  return useSyncExternalStore(listener => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, storedTheme)
}
