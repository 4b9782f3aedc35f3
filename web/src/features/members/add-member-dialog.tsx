import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Avatar } from '@/components/avatar'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Combobox } from '@/components/ui/combobox'
import { Dialog } from '@/components/ui/dialog'
import { PEOPLE_FROM, peopleQuery, useAddMember } from '@/features/members/queries'
import { RoleCards } from '@/features/members/role-cards'
import { asApiError } from '@/lib/api/error'
import type { Confirmed } from '@/lib/api/queries'
import type { InvitationMade, TenantRole } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'
import { useDelayed } from '@/lib/use-delayed'

type AddProps = {
  tenant: string
  confirmed: Confirmed
  onInvited: (invitation: InvitationMade) => void
  onClose: () => void
}

const EMAIL = /^[^\s@]+@[^\s@]+$/

/** Adds a person whom one may find at once; any other address gets an invitation. */
export function AddMemberDialog({ tenant, confirmed, onInvited, onClose }: AddProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [role, setRole] = useState<TenantRole>('viewer')
  const [checked, setChecked] = useState(false)
  const asked = useDelayed(text.trim(), 200)
  const people = useQuery(peopleQuery(tenant, asked))
  const add = useAddMember(tenant, confirmed)
  const email = text.trim()
  const refused = asApiError(add.error).fields.find(({ field }) => field === 'email')
  const wrong = checked && !EMAIL.test(email) ? (email ? t('form.email') : t('form.required')) : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (!EMAIL.test(email)) return
    add.mutate(
      { email, role },
      {
        onSuccess: ({ member, invitation }) => {
          if (member) toast.success(t('members.added', { name: member.user.full_name }))
          if (invitation) onInvited(invitation)
          onClose()
        },
      },
    )
  }
  const found = asked.length >= PEOPLE_FROM && text.trim() !== '' ? (people.data?.people ?? []) : []
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('members.add')}
      description={t('members.add_text')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="add-member" variant="primary" busy={add.isPending}>
            {t('members.add_submit')}
          </Button>
        </>
      }
    >
      <form id="add-member" onSubmit={submit} noValidate className="flex flex-col gap-4">
        <AddError error={add.error} />
        <Combobox
          label={t('members.email')}
          help={t('members.email_help')}
          error={wrong ?? (refused && fieldProblemText('email', refused.code, refused.detail))}
          autoFocus
          text={text}
          onText={value => {
            setText(value)
            if (add.error) add.reset()
          }}
          busy={people.isFetching}
          options={found
            .filter(person => person.email !== text)
            .map(person => ({
              key: person.id,
              value: person,
              label: person.full_name,
              detail: person.email,
              icon: <Avatar person={person} size={28} />,
            }))}
          onChoose={option => setText(option.value.email)}
          onBlur={() => setChecked(email !== '')}
        />
        <RoleCards value={role} onChange={setRole} />
      </form>
    </Dialog>
  )
}

function AddError({ error }: { error: unknown }) {
  const { t } = useTranslation()
  if (!error) return null
  const { code, fields } = asApiError(error)
  if (fields.length > 0) return null
  if (code === 'duplicate') return <Note>{t('members.duplicate')}</Note>
  return <ErrorNote error={error} />
}
