import { Ban, KeyRound, ShieldCheck, UserCheck, UserCog, UserMinus } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { bodyRow, card, ListCards, ListTable } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { RoleBadge } from '@/components/role-badge'
import { Badge } from '@/components/ui/badge'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import type { Asked } from '@/features/members/member-ask'
import type { Member } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatNumber, formatRelative, formatTime } from '@/lib/format'
import { useMediaQuery } from '@/lib/use-media-query'

type ListProps = {
  members: Member[]
  me: string
  onOpen: (member: Member) => void
  onAsk: (asked: Asked) => void
  after: ReactNode
}

export function MemberList(props: ListProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 767px)')
  const { members, me, onOpen, onAsk, after } = props
  if (narrow) {
    return (
      <ListCards label={t('members.title')} after={after}>
        {members.map(member => (
          <li key={member.user.id} className={card}>
            <div className="flex items-center gap-2">
              <div className="min-w-0 flex-1">
                <Name member={member} me={me} onOpen={onOpen} />
              </div>
              <Actions member={member} onOpen={onOpen} onAsk={onAsk} />
            </div>
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
              <RoleBadge role={member.role} />
              <States member={member} />
              <Groups member={member} />
              <span className="ml-auto">
                <LastSeen member={member} />
              </span>
            </div>
          </li>
        ))}
      </ListCards>
    )
  }
  return (
    <ListTable
      label={t('members.title')}
      after={after}
      head={
        <>
          <th scope="col">{t('members.column_person')}</th>
          <th scope="col">{t('members.column_role')}</th>
          <th scope="col" className="max-lg:hidden">
            {t('groups.title')}
          </th>
          <th scope="col">{t('members.column_assignments')}</th>
          <th scope="col">{t('members.column_seen')}</th>
          <th scope="col">
            <span className="sr-only">{t('column.actions')}</span>
          </th>
        </>
      }
    >
      {members.map(member => (
        <tr key={member.user.id} className={bodyRow}>
          <td className="max-w-96">
            <Name member={member} me={me} onOpen={onOpen} />
          </td>
          <td>
            <span className="flex items-center gap-1.5">
              <RoleBadge role={member.role} />
              <States member={member} />
            </span>
          </td>
          <td className="max-w-60 max-lg:hidden">
            <Groups member={member} />
          </td>
          <td>
            <Count member={member} />
          </td>
          <td>
            <LastSeen member={member} />
          </td>
          <td className="text-right">
            <Actions member={member} onOpen={onOpen} onAsk={onAsk} />
          </td>
        </tr>
      ))}
    </ListTable>
  )
}

function Name({ member, me, onOpen }: Pick<ListProps, 'me' | 'onOpen'> & { member: Member }) {
  const { t } = useTranslation()
  const { user } = member
  return (
    <button
      type="button"
      onClick={() => onOpen(member)}
      className="group flex w-full min-w-0 items-center gap-3 rounded-control py-1 text-left"
    >
      <Avatar person={user} size={28} />
      <span className="min-w-0">
        <span className="block truncate font-medium group-hover:underline">
          {user.full_name}
          {user.id === me && <span className="font-normal text-muted"> · {t('members.you')}</span>}
        </span>
        <span className="block truncate text-muted text-xs">{user.email}</span>
      </span>
    </button>
  )
}

function States({ member }: { member: Member }) {
  const { t } = useTranslation()
  return (
    <>
      {!member.is_active && <Badge>{t('members.disabled')}</Badge>}
      {!member.verified && (
        <span title={t('members.unverified_hint')} className="inline-flex">
          <Badge tone="warning">{t('members.unverified')}</Badge>
        </span>
      )}
    </>
  )
}

const GROUPS_SHOWN = 2

function Groups({ member }: { member: Member }) {
  const names = member.groups.map(group => group.name)
  if (names.length === 0) return null
  const more = names.length - GROUPS_SHOWN
  return (
    <span className="flex min-w-0 items-center gap-1" title={names.join(', ')}>
      {names.slice(0, GROUPS_SHOWN).map(name => (
        <Badge key={name} className="min-w-0 shrink!">
          <span className="truncate">{name}</span>
        </Badge>
      ))}
      {more > 0 && <span className="nums shrink-0 text-muted text-xs">+{more}</span>}
    </span>
  )
}

function Count({ member }: { member: Member }) {
  const { t, i18n } = useTranslation()
  // Managers and administrators may see every guest anyway.
  if (member.role !== 'viewer' && member.assignments === 0)
    return <span className="text-muted">{t('members.all_guests')}</span>
  return (
    <span className="nums" title={t('members.assignments', { count: member.assignments })}>
      {formatNumber(member.assignments, i18n.language)}
    </span>
  )
}

function LastSeen({ member }: { member: Member }) {
  const { t, i18n } = useTranslation()
  const now = useNow(30_000)
  if (!member.last_seen_at) return <span className="text-muted">{t('members.never')}</span>
  const at = Date.parse(member.last_seen_at)
  return (
    <span className="nums whitespace-nowrap text-muted" title={formatTime(at, i18n.language)}>
      {formatRelative(Math.min(at, now), now, i18n.language)}
    </span>
  )
}

type ActionsProps = Pick<ListProps, 'onOpen' | 'onAsk'> & { member: Member }

function Actions({ member, onOpen, onAsk }: ActionsProps) {
  const { t } = useTranslation()
  const { may } = member
  const nothing = !may.edit && !may.disable && !may.reset && !may.remove
  const sole = t('members.not_sole')
  return (
    <MoreMenu label={t('members.more_of', { name: member.user.full_name })}>
      <MenuItem icon={<ShieldCheck aria-hidden />} onSelect={() => onOpen(member)}>
        {t('members.show_access')}
      </MenuItem>
      {!nothing && (
        <>
          {may.edit && (
            <MenuItem icon={<UserCog aria-hidden />} onSelect={() => onAsk({ what: 'role', member })}>
              {t('members.change_role')}
            </MenuItem>
          )}
          <MenuItem
            icon={<KeyRound aria-hidden />}
            disabledReason={may.reset ? undefined : sole}
            onSelect={() => onAsk({ what: 'reset', member })}
          >
            {t('members.reset')}
          </MenuItem>
          <MenuItem
            icon={member.is_active ? <Ban aria-hidden /> : <UserCheck aria-hidden />}
            disabledReason={may.disable ? undefined : sole}
            onSelect={() => onAsk({ what: member.is_active ? 'disable' : 'enable', member })}
          >
            {member.is_active ? t('members.disable') : t('members.enable')}
          </MenuItem>
          {may.remove && (
            <>
              <MenuSeparator />
              <MenuItem icon={<UserMinus aria-hidden />} destructive onSelect={() => onAsk({ what: 'remove', member })}>
                {t('members.remove')}
              </MenuItem>
            </>
          )}
        </>
      )}
    </MoreMenu>
  )
}
