import { Boxes, Monitor } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { SidePanel } from '@/components/side-panel'
import { AccessPanel } from '@/features/assignments/access-panel'
import { AddAssignmentDialog } from '@/features/assignments/add-dialog'
import { SubjectCell, useTargetName } from '@/features/assignments/assignment-parts'
import type { Guest, Tenant } from '@/lib/api/types'
import { refOf } from '@/lib/guest-key'

type GuestAccessProps = { tenant: Tenant; guest: Guest; onClose: () => void }

/** Who may do what with a guest, beside a list. */
export function GuestAccess({ tenant, guest, onClose }: GuestAccessProps) {
  const { t } = useTranslation()
  const Icon = guest.type === 'lxc' ? Boxes : Monitor
  return (
    <SidePanel
      title={t('assignments.access_of', { name: guest.name })}
      lead={`${guest.vmid} · ${guest.server.name}`}
      icon={<Icon className="size-5 shrink-0 text-muted" aria-hidden />}
      onClose={onClose}
    >
      <GuestPeople tenant={tenant} guest={guest} />
    </SidePanel>
  )
}

/** The people of a guest, and adding to them. */
export function GuestPeople({ tenant, guest }: Omit<GuestAccessProps, 'onClose'>) {
  const { t } = useTranslation()
  const targetName = useTargetName()
  const [adding, setAdding] = useState(false)
  return (
    <>
      <AccessPanel
        tenant={tenant}
        filter={refOf(guest)}
        title={t('assignments.people')}
        empty={t('assignments.guest_none')}
        onAdd={() => setAdding(true)}
        face={assignment => <SubjectCell subject={assignment.subject} />}
        through={({ target }) =>
          target.kind === 'guest' ? null : t('assignments.by_target', { name: targetName(target) })
        }
      />
      <p className="text-muted text-table">{t('assignments.guest_others')}</p>
      {adding && <AddAssignmentDialog tenant={tenant.id} guest={guest} onClose={() => setAdding(false)} />}
    </>
  )
}
