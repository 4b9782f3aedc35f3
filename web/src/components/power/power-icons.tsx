import { Pause, Play, Power, PowerOff, RotateCcw, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Action } from '@/lib/api/types'

/** One picture for each action, the same everywhere. */
export const powerIcons: Record<Action, ReactNode> = {
  start: <Play aria-hidden />,
  resume: <Play aria-hidden />,
  shutdown: <Power aria-hidden />,
  reboot: <RotateCw aria-hidden />,
  suspend: <Pause aria-hidden />,
  reset: <RotateCcw aria-hidden />,
  stop: <PowerOff aria-hidden />,
}
