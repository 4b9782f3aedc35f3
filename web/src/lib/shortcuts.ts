import type { ParseKeys } from 'i18next'
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react'

/**
 * The keys of the pages in one place: what is mounted registers its keys here, one listener runs them, and the overlay
 * lists what is there. Keys that are a single character can be switched off, for those who speak their text.
 */

export type Shortcut = {
  /** Ways to press it: `j`, `Enter`, `mod+k` (Ctrl, or ⌘ on Apple), or two after one another: `g d`. */
  keys: readonly string[]
  /** What it does. */
  text: ParseKeys
  /** Without it the key is only listed: the page handles it itself. */
  run?: (event: KeyboardEvent) => void
}

export type ShortcutGroup = {
  title: ParseKeys
  shortcuts: readonly Shortcut[]
  /** What the overlay says under the keys. */
  more?: ReactNode
}

/** How long the second key of `g d` may take. */
const SEQUENCE_MS = 1500
const OFF = 'nexus-single-keys'

let groups: readonly { id: symbol; group: ShortcutGroup }[] = []
let open = false
let single = typeof localStorage === 'undefined' || localStorage.getItem(OFF) !== 'off'
let first: { key: string; at: number } | null = null
const watchers = new Set<() => void>()

function changed() {
  for (const watcher of watchers) watcher()
}

function watch(watcher: () => void) {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

/** True where typing is meant for a field, a menu or a dialog. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.closest(
      'input:not([type="checkbox"]), textarea, select, [contenteditable], [role="menu"], [role="dialog"], [role="alertdialog"]',
    ) !== null
  )
}

/** Whether this is an Apple computer, whose key for commands is ⌘. */
const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** What a key is called on its cap. */
export function keyCap(key: string): string {
  if (key === 'mod') return isApple ? '⌘' : 'Ctrl'
  if (key === 'Escape') return 'Esc'
  if (key === 'ArrowUp') return '↑'
  if (key === 'ArrowDown') return '↓'
  return key.length === 1 && key >= 'a' && key <= 'z' ? key.toUpperCase() : key
}

/** The event as it would be written in `keys`, or null for keys with Alt or a lone modifier. */
export function keyOfEvent(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>): string | null {
  if (event.altKey || ['Control', 'Meta', 'Shift', 'Alt', 'AltGraph'].includes(event.key)) return null
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key
}

/** The shortcut that is meant by a key after another one; the last registered wins. */
function findShortcut(
  all: readonly ShortcutGroup[],
  key: string,
  before: string | null,
): Shortcut | 'begun' | undefined {
  const shortcuts = all.flatMap(group => group.shortcuts).filter(shortcut => shortcut.run)
  const wanted = before === null ? key : `${before} ${key}`
  const found =
    shortcuts.findLast(shortcut => shortcut.keys.includes(wanted)) ??
    (before === null ? undefined : shortcuts.findLast(shortcut => shortcut.keys.includes(key)))
  if (found) return found
  return shortcuts.some(shortcut => shortcut.keys.some(one => one.startsWith(`${key} `))) ? 'begun' : undefined
}

function onKey(event: KeyboardEvent) {
  const key = keyOfEvent(event)
  if (key === null || event.defaultPrevented || event.isComposing) return
  const command = key.startsWith('mod+')
  if (!command && (isTyping(event.target) || (!single && key.length === 1))) return
  const before = first && event.timeStamp - first.at < SEQUENCE_MS ? first.key : null
  first = null
  const found = findShortcut(
    groups.map(one => one.group),
    key,
    before,
  )
  if (found === 'begun') first = { key, at: event.timeStamp }
  else if (found) found.run?.(event)
}

/** Registers keys while the component is there. */
export function useShortcuts(title: ParseKeys, shortcuts: readonly Shortcut[], more?: ReactNode): void {
  const latest = useRef({ shortcuts, more })
  useEffect(() => {
    latest.current = { shortcuts, more }
  })
  useEffect(() => {
    const id = Symbol(title)
    const group: ShortcutGroup = {
      title,
      get shortcuts() {
        return latest.current.shortcuts
      },
      get more() {
        return latest.current.more
      },
    }
    if (groups.length === 0) window.addEventListener('keydown', onKey)
    groups = [...groups, { id, group }]
    changed()
    return () => {
      groups = groups.filter(other => other.id !== id)
      if (groups.length === 0) window.removeEventListener('keydown', onKey)
      changed()
    }
  }, [title])
}

const list = () => groups

/** What is registered now, in the order of mounting. */
export function useShortcutGroups(): readonly ShortcutGroup[] {
  return useSyncExternalStore(watch, list).map(one => one.group)
}

/** Whether keys of a single character do something; kept in this browser. */
export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const on = useSyncExternalStore(watch, () => single)
  return [
    on,
    next => {
      single = next
      if (next) localStorage.removeItem(OFF)
      else localStorage.setItem(OFF, 'off')
      changed()
    },
  ]
}

/** The overlay with all keys: whether it shows, and what opens and closes it. */
export function useShortcutsOverlay(): readonly [boolean, (open: boolean) => void] {
  return [useSyncExternalStore(watch, () => open), showShortcuts]
}

export function showShortcuts(show = true): void {
  open = show
  changed()
}
