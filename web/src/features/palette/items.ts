import type { ReactNode } from 'react'
import type { Action, Guest } from '@/lib/api/types'

/** A place or a thing to do that does not concern one guest. */
export type Command = {
  id: string
  label: string
  icon: ReactNode
  /** The keys that do it too. */
  keys?: string
  run: () => void
}

/** One line of the palette. */
export type Item =
  | { kind: 'guest'; id: string; guest: Guest }
  /** `named` where the guest is not clear from elsewhere; `reason` where it cannot be done now. */
  | { kind: 'act'; id: string; guest: Guest; action: Action; reason: string | undefined; named: boolean }
  | { kind: 'command'; id: string; command: Command }

export type Group = { id: string; title: string; items: Item[]; more?: number }
