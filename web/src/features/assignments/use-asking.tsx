import { type ReactNode, useState } from 'react'
import { DeleteAssignment, WakeAssignment } from '@/features/assignments/assignment-parts'
import { EditAssignmentDialog } from '@/features/assignments/edit-dialog'
import type { Assignment } from '@/lib/api/types'

type Asked = { what: 'edit' | 'delete' | 'wake'; assignment: Assignment }

/** What can be done with an assignment, and the dialogs that ask; the table and both panels have them. */
export function useAsking(tenant: string): {
  onEdit: (assignment: Assignment) => void
  onDelete: (assignment: Assignment) => void
  onWake: (assignment: Assignment) => void
  dialog: ReactNode
} {
  const [asked, setAsked] = useState<Asked | null>(null)
  const ask = (what: Asked['what']) => (assignment: Assignment) => setAsked({ what, assignment })
  const props = asked && { tenant, assignment: asked.assignment, onClose: () => setAsked(null) }
  return {
    onEdit: ask('edit'),
    onDelete: ask('delete'),
    onWake: ask('wake'),
    dialog: props && (
      <>
        {asked.what === 'edit' && <EditAssignmentDialog {...props} />}
        {asked.what === 'delete' && <DeleteAssignment {...props} />}
        {asked.what === 'wake' && <WakeAssignment {...props} />}
      </>
    ),
  }
}
