import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AccessPanel } from '@/features/assignments/access-panel'
import { AddAssignmentDialog } from '@/features/assignments/add-dialog'
import { TargetCell } from '@/features/assignments/assignment-parts'
import type { Person, Tenant } from '@/lib/api/types'

/** What a person may do with guests, by rights of their own and by those of their groups. */
export function PersonAccess({ tenant, person }: { tenant: Tenant; person: Person }) {
  const { t } = useTranslation()
  const [adding, setAdding] = useState(false)
  return (
    <>
      <AccessPanel
        tenant={tenant}
        filter={{ user: person.id }}
        title={t('assignments.title')}
        empty={t('assignments.person_none')}
        onAdd={() => setAdding(true)}
        face={assignment => <TargetCell assignment={assignment} slug={tenant.slug} />}
        through={({ subject }) => (subject.kind === 'group' ? t('assignments.by_group', { name: subject.name }) : null)}
      />
      {adding && (
        <AddAssignmentDialog
          tenant={tenant.id}
          subject={{ kind: 'user', id: person.id, name: person.full_name }}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}
