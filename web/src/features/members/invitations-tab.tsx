import { useQuery } from '@tanstack/react-query'
import { MailPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, ScrollArea } from '@/components/list-state'
import { RoleBadge } from '@/components/role-badge'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { invitationsQuery, useDeleteInvitation, useRenewInvitation } from '@/features/members/queries'
import type { Invitation, InvitationMade, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatRelative, formatTime } from '@/lib/format'

type TabProps = { tenant: Tenant; onAdd: () => void; onLink: (invitation: InvitationMade) => void }

/** Invitations that nobody has followed yet. */
export function InvitationsTab({ tenant, onAdd, onLink }: TabProps) {
  const { t } = useTranslation()
  const query = useQuery(invitationsQuery(tenant.id))
  const { confirmed, dialog } = useConfirmed()
  const renew = useRenewInvitation(tenant.id, confirmed)
  const remove = useDeleteInvitation(tenant.id)
  const [deleting, setDeleting] = useState<Invitation | null>(null)
  const list = query.data?.invitations
  return (
    <>
      {query.isPending && <ListSkeleton rows={3} />}
      {query.isError && !list && (
        <LoadFailed
          title={t('invitations.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {list?.length === 0 && (
        <FullState
          icon={<MailPlus aria-hidden />}
          title={t('invitations.none')}
          hint={t('invitations.none_hint')}
          action={tenant.may.manage_members && <Button onClick={onAdd}>{t('members.add')}</Button>}
        />
      )}
      {renew.error && <ErrorNote error={renew.error} className="mx-6 mt-3 max-md:mx-4" />}
      {list && list.length > 0 && (
        <ScrollArea label={t('invitations.title')}>
          <ul aria-label={t('invitations.title')}>
            {list.map(invitation => (
              <Row
                key={invitation.id}
                invitation={invitation}
                manage={tenant.may.manage_members}
                busy={renew.isPending && renew.variables === invitation.id}
                onRenew={() => renew.mutate(invitation.id, { onSuccess: onLink })}
                onDelete={() => setDeleting(invitation)}
              />
            ))}
          </ul>
        </ScrollArea>
      )}
      {deleting && (
        <ConfirmDialog
          open
          onOpenChange={open => !open && setDeleting(null)}
          title={t('invitations.delete_ask', { email: deleting.email })}
          consequence={t('invitations.delete_consequence')}
          confirm={t('invitations.delete_confirm')}
          busy={remove.isPending}
          error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
          onConfirm={() => remove.mutate(deleting.id, { onSuccess: () => setDeleting(null) })}
        />
      )}
      {dialog}
    </>
  )
}

type RowProps = {
  invitation: Invitation
  manage: boolean
  busy: boolean
  onRenew: () => void
  onDelete: () => void
}

function Row({ invitation, manage, busy, onRenew, onDelete }: RowProps) {
  const { t, i18n } = useTranslation()
  const now = useNow(60_000)
  const expires = Date.parse(invitation.expires_at)
  const by = t('invitations.by', { name: invitation.invited_by })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-6 py-2 max-md:px-4">
      <div className="min-w-0 flex-1 basis-60">
        <div className="truncate font-medium text-table" title={invitation.email}>
          {invitation.email}
        </div>
        <div className="truncate text-muted text-xs">
          {by}, {formatRelative(Date.parse(invitation.created_at), now, i18n.language)}
          {invitation.mailed && ` · ${t('invitations.mailed')}`}
        </div>
      </div>
      <RoleBadge role={invitation.role} />
      {invitation.expired ? (
        <Badge tone="warning">{t('invitations.expired')}</Badge>
      ) : (
        <span className="nums text-muted text-table" title={formatTime(expires, i18n.language)}>
          {t('invitations.expires', { time: formatRelative(expires, now, i18n.language) })}
        </span>
      )}
      {manage && (
        <span className="flex gap-1">
          <Button size="sm" busy={busy} onClick={onRenew}>
            {t('invitations.renew')}
            <span className="sr-only">{invitation.email}</span>
          </Button>
          <Button size="sm" variant="ghost" onClick={onDelete}>
            {t('invitations.delete')}
            <span className="sr-only">{invitation.email}</span>
          </Button>
        </span>
      )}
    </li>
  )
}
