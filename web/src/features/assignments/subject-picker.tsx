import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { UsersRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { Combobox, type Option } from '@/components/ui/combobox'
import { groupsQuery, membersQuery } from '@/lib/api/tenant-queries'
import { useDelayed } from '@/lib/use-delayed'

export type SubjectChoice = { kind: 'user' | 'group'; id: string; name: string }

type PickerProps = {
  tenant: string
  chosen: SubjectChoice | null
  onChoose: (subject: SubjectChoice | null) => void
  error: string | undefined
}

/** A person or a group of the tenant. */
export function SubjectPicker({ tenant, chosen, onChoose, error }: PickerProps) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const q = useDelayed(text.trim(), 200)
  const members = useInfiniteQuery(membersQuery(tenant, chosen ? '' : q))
  const groups = useQuery(groupsQuery(tenant))
  const people = members.data?.pages.flatMap(page => page.members) ?? []
  const options: Option<SubjectChoice>[] = [
    ...(groups.data?.groups ?? [])
      .filter(group => group.name.toLowerCase().includes(text.trim().toLowerCase()))
      .map(group => ({
        key: group.id,
        value: { kind: 'group' as const, id: group.id, name: group.name },
        label: group.name,
        detail: t('groups.members', { count: group.members.length }),
        icon: (
          <span className="grid size-6 shrink-0 place-items-center rounded-full bg-hover text-muted">
            <UsersRound className="size-3.5" aria-hidden />
          </span>
        ),
      })),
    ...people.map(({ user }) => ({
      key: user.id,
      value: { kind: 'user' as const, id: user.id, name: user.full_name },
      label: user.full_name,
      detail: user.email,
      icon: <Avatar person={user} size={24} />,
    })),
  ]
  return (
    <Combobox
      label={t('assignments.who')}
      placeholder={t('assignments.who_placeholder')}
      error={error}
      autoFocus
      text={chosen ? chosen.name : text}
      onText={value => {
        setText(value)
        onChoose(null)
      }}
      busy={members.isFetching}
      empty={members.isFetching ? undefined : t('assignments.nobody')}
      options={chosen ? [] : options}
      onChoose={option => onChoose(option.value)}
    />
  )
}
