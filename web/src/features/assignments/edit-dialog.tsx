import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { SubjectCell, TargetCell } from '@/features/assignments/assignment-parts'
import { useUpdateAssignment } from '@/features/assignments/queries'
import { lastDay, untilOf } from '@/features/assignments/rights'
import { RightsFields, type RightsValue } from '@/features/assignments/rights-fields'
import { asApiError } from '@/lib/api/error'
import type { Assignment } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'

type EditProps = { tenant: string; assignment: Assignment; onClose: () => void }

/** Changes what was given, not to whom and on what: that is another assignment. */
export function EditAssignmentDialog({ tenant, assignment, onClose }: EditProps) {
  const { t } = useTranslation()
  const [value, setValue] = useState<RightsValue>({ rights: assignment.permissions, day: lastDay(assignment.until) })
  const [checked, setChecked] = useState(false)
  const update = useUpdateAssignment(tenant, assignment)
  const { fields } = asApiError(update.error)
  const until = fields.find(({ field }) => field === 'until')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (value.rights.length === 0) return
    // A moment that was not touched stays as exact as it was.
    const same = value.day === lastDay(assignment.until)
    const body = { permissions: value.rights, until: same ? assignment.until : untilOf(value.day) }
    update.mutate(body, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('assignments.edit_title')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="edit-assignment" variant="primary" busy={update.isPending}>
            {t('form.save')}
          </Button>
        </>
      }
    >
      <form id="edit-assignment" onSubmit={submit} noValidate className="flex flex-col gap-4">
        {update.error && fields.length === 0 && <ErrorNote error={update.error} />}
        <div className="flex flex-col gap-2 rounded-card border bg-surface p-3 text-table">
          <SubjectCell subject={assignment.subject} />
          <TargetCell assignment={assignment} />
        </div>
        <RightsFields
          value={value}
          onChange={setValue}
          rightsError={checked && value.rights.length === 0 ? t('assignments.no_right') : undefined}
          untilError={until && fieldProblemText('until', until.code, until.detail)}
        />
      </form>
    </Dialog>
  )
}
