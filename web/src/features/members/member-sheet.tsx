import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { RoleBadge } from '@/components/role-badge'
import { SidePanel } from '@/components/side-panel'
import { Badge } from '@/components/ui/badge'
import type { Member } from '@/lib/api/types'
import { formatDate } from '@/lib/format'

type SheetProps = { member: Member; onClose: () => void; children: ReactNode }

/** One person: who they are here, and, as the children, what they may do with guests. */
export function MemberSheet({ member, onClose, children }: SheetProps) {
  const { t, i18n } = useTranslation()
  const { user } = member
  return (
    <SidePanel title={user.full_name} lead={user.email} icon={<Avatar person={user} size={40} />} onClose={onClose}>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1.5 text-table">
        <Fact name={t('members.column_role')}>
          <RoleBadge role={member.role} />
        </Fact>
        {member.company && <Fact name={t('members.company')}>{member.company}</Fact>}
        {member.groups.length > 0 && (
          <Fact name={t('groups.title')}>
            <span className="flex flex-wrap gap-1">
              {member.groups.map(group => (
                <Badge key={group.id}>{group.name}</Badge>
              ))}
            </span>
          </Fact>
        )}
        <Fact name={t('members.joined')}>{formatDate(member.joined_at, i18n.language)}</Fact>
      </dl>
      {member.role !== 'viewer' && (
        <p className="rounded-card border bg-raised px-3 py-2 text-muted text-table">{t('members.sees_all')}</p>
      )}
      {children}
    </SidePanel>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  )
}
