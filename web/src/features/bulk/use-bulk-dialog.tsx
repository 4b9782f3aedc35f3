import { type ReactNode, useState } from 'react'
import { BulkDialog } from '@/features/bulk/bulk-dialog'
import type { Action, Guest } from '@/lib/api/types'

type Asked = { action: Action; guests: Guest[]; onStarted: (() => void) | undefined }

export type BulkDialogHandle = {
  open: (action: Action, guests: Guest[], onStarted?: () => void) => void
  /** Belongs somewhere on the page. */
  dialog: ReactNode
}

/** Asks for an action on many guests; its progress shows in the drawer. */
export function useBulkDialog(tenant: string): BulkDialogHandle {
  const [asked, setAsked] = useState<Asked | null>(null)
  return {
    open: (action, guests, onStarted) => setAsked({ action, guests, onStarted }),
    dialog: asked && (
      <BulkDialog
        tenant={tenant}
        action={asked.action}
        guests={asked.guests}
        onStarted={asked.onStarted}
        onClose={() => setAsked(null)}
      />
    ),
  }
}
