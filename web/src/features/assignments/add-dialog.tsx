import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { useCreateAssignment } from '@/features/assignments/queries'
import { untilOf } from '@/features/assignments/rights'
import { RightsFields, type RightsValue } from '@/features/assignments/rights-fields'
import { type SubjectChoice, SubjectPicker } from '@/features/assignments/subject-picker'
import { TargetPicker } from '@/features/assignments/target-picker'
import { type Target, targetIn } from '@/features/assignments/targets'
import { asApiError } from '@/lib/api/error'
import type { Guest } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'

type AddProps = {
  tenant: string
  /** Who gets the rights, where that is clear already. */
  subject?: SubjectChoice
  /** On which guest, where that is clear already. */
  guest?: Guest
  onClose: () => void
}

/** Gives rights on a guest, a pool or a tag to a person or a group. */
export function AddAssignmentDialog({ tenant, subject: given, guest, onClose }: AddProps) {
  const { t } = useTranslation()
  const [subject, setSubject] = useState<SubjectChoice | null>(given ?? null)
  const [target, setTarget] = useState<Target | null>(guest ? { kind: 'guest', guest } : null)
  const [value, setValue] = useState<RightsValue>({ rights: ['view', 'watch', 'console', 'power'], day: '' })
  const [checked, setChecked] = useState(false)
  const create = useCreateAssignment(tenant)
  const { fields, code } = asApiError(create.error)
  const until = fields.find(({ field }) => field === 'until')
  const complete = subject !== null && target !== null && value.rights.length > 0
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (!complete) return
    const { kind, id } = subject
    create.mutate(
      { subject: { kind, id }, target: targetIn(target), permissions: value.rights, until: untilOf(value.day) },
      { onSuccess: onClose },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={
        given
          ? t('assignments.add_to', { name: given.name })
          : guest
            ? t('assignments.add_on', { name: guest.name })
            : t('assignments.add')
      }
      description={t('assignments.add_text')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="add-assignment" variant="primary" busy={create.isPending}>
            {t('assignments.give')}
          </Button>
        </>
      }
    >
      <form id="add-assignment" onSubmit={submit} noValidate className="flex flex-col gap-4">
        {create.error &&
          (code === 'duplicate' ? (
            <Note>{t('assignments.duplicate')}</Note>
          ) : (
            !until && <ErrorNote error={create.error} />
          ))}
        {!given && (
          <SubjectPicker
            tenant={tenant}
            chosen={subject}
            onChoose={setSubject}
            error={checked && !subject ? t('assignments.no_subject') : undefined}
          />
        )}
        {!guest && (
          <TargetPicker
            tenant={tenant}
            chosen={target}
            onChoose={setTarget}
            error={checked && !target ? t('assignments.no_target') : undefined}
          />
        )}
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
