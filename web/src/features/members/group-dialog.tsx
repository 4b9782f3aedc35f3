import { useInfiniteQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { ErrorNote, Note } from '@/components/error-note'
import { Button } from '@/components/ui/button'
import { Combobox } from '@/components/ui/combobox'
import { Dialog } from '@/components/ui/dialog'
import { TextField } from '@/components/ui/field'
import { useSaveGroup } from '@/features/members/queries'
import { asApiError } from '@/lib/api/error'
import { membersQuery } from '@/lib/api/tenant-queries'
import type { Group, Person } from '@/lib/api/types'
import { fieldProblemText } from '@/lib/problem-text'
import { useDelayed } from '@/lib/use-delayed'

type GroupDialogProps = { tenant: string; group: Group | null; onClose: () => void }

/** Makes a group, or changes its name and members. */
export function GroupDialog({ tenant, group, onClose }: GroupDialogProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(group?.name ?? '')
  const [people, setPeople] = useState<Person[]>(group?.members ?? [])
  const [checked, setChecked] = useState(false)
  const save = useSaveGroup(tenant, group)
  const refused = asApiError(save.error)
  const nameRefused = refused.fields.find(({ field }) => field === 'name')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setChecked(true)
    if (name.trim() === '') return
    save.mutate({ name: name.trim(), members: people.map(person => person.id) }, { onSuccess: onClose })
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={group ? t('groups.edit_of', { name: group.name }) : t('groups.create')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" form="group" variant="primary" busy={save.isPending}>
            {t('form.save')}
          </Button>
        </>
      }
    >
      <form id="group" onSubmit={submit} noValidate className="flex flex-col gap-4">
        {save.error &&
          refused.fields.length === 0 &&
          (refused.code === 'duplicate' ? <Note>{t('groups.duplicate')}</Note> : <ErrorNote error={save.error} />)}
        <TextField
          label={t('groups.name')}
          value={name}
          autoFocus
          autoComplete="off"
          maxLength={100}
          onChange={event => setName(event.target.value)}
          error={
            checked && name.trim() === ''
              ? t('form.required')
              : nameRefused && fieldProblemText('name', nameRefused.code, nameRefused.detail)
          }
        />
        <PeoplePicker tenant={tenant} people={people} onPeople={setPeople} />
      </form>
    </Dialog>
  )
}

type PickerProps = { tenant: string; people: Person[]; onPeople: (people: Person[]) => void }

function PeoplePicker({ tenant, people, onPeople }: PickerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const found = useInfiniteQuery(membersQuery(tenant, useDelayed(text.trim(), 200)))
  const chosen = new Set(people.map(person => person.id))
  const options = (found.data?.pages.flatMap(page => page.members) ?? []).filter(({ user }) => !chosen.has(user.id))
  return (
    <div className="flex flex-col gap-3">
      <Combobox
        label={t('groups.add_member')}
        placeholder={t('members.search')}
        text={text}
        onText={setText}
        busy={found.isFetching}
        empty={found.isFetching ? undefined : t('groups.nobody_left')}
        options={options.map(({ user }) => ({
          key: user.id,
          value: user,
          label: user.full_name,
          detail: user.email,
          icon: <Avatar person={user} size={24} />,
        }))}
        onChoose={option => {
          setText('')
          onPeople([...people, option.value])
        }}
      />
      <div>
        <div className="mb-1 text-muted text-table">{t('groups.members', { count: people.length })}</div>
        {people.length > 0 && (
          <ul aria-label={t('groups.people')} className="max-h-64 overflow-y-auto rounded-card border">
            {people.map(person => (
              <li key={person.id} className="flex items-center gap-2.5 border-b py-1 pr-1 pl-3 last:border-b-0">
                <Avatar person={person} size={24} />
                <span className="min-w-0 flex-1 truncate">
                  {person.full_name} <span className="text-muted text-table">{person.email}</span>
                </span>
                <Button
                  size="icon-sm"
                  variant="ghost"
                  aria-label={t('groups.take_out', { name: person.full_name })}
                  onClick={() => onPeople(people.filter(other => other.id !== person.id))}
                >
                  <X className="size-4" aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  )
}
