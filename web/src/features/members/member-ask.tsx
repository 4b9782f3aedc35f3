import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { useConfirmed } from '@/components/confirm-sign-in'
import { ErrorNote } from '@/components/error-note'
import { LinkDialog } from '@/components/link-dialog'
import { Button } from '@/components/ui/button'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { useRemoveMember, useResetLink, useUpdateMember } from '@/features/members/queries'
import { RoleCards } from '@/features/members/role-cards'
import type { Confirmed } from '@/lib/api/queries'
import type { Member, Tenant, TenantRole } from '@/lib/api/types'

/** What is to be done with a member, of whom; each has its own question. */
export type Asked = { what: 'role' | 'reset' | 'disable' | 'enable' | 'remove'; member: Member }

type AskProps = { tenant: Tenant; asked: Asked; onClose: () => void }
type PartProps = { tenant: Tenant; member: Member; confirmed: Confirmed; onClose: () => void }

export function MemberAsk({ tenant, asked: { what, member }, onClose }: AskProps) {
  const { confirmed, dialog } = useConfirmed()
  const part = { tenant, member, confirmed, onClose }
  return (
    <>
      {what === 'role' && <ChangeRole {...part} />}
      {what === 'reset' && <ResetLink {...part} />}
      {what === 'remove' && <Remove {...part} />}
      {(what === 'disable' || what === 'enable') && <Switch {...part} on={what === 'enable'} />}
      {dialog}
    </>
  )
}

function ChangeRole({ tenant, member, confirmed, onClose }: PartProps) {
  const { t } = useTranslation()
  const [role, setRole] = useState<TenantRole>(member.role)
  const update = useUpdateMember(tenant.id, confirmed)
  const name = member.user.full_name
  const save = () =>
    update.mutate(
      { member, body: { role } },
      {
        onSuccess: () => {
          toast.success(t('members.role_changed', { name, role: t(`role.${role}`) }))
          onClose()
        },
      },
    )
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('members.role_of', { name })}
      description={t('members.role_text')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" disabled={role === member.role} busy={update.isPending} onClick={save}>
            {t('members.role_save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {update.error && <ErrorNote error={update.error} />}
        <RoleCards value={role} onChange={setRole} />
      </div>
    </Dialog>
  )
}

function ResetLink({ tenant, member, confirmed, onClose }: PartProps) {
  const { t } = useTranslation()
  const reset = useResetLink(tenant.id, confirmed)
  const name = member.user.full_name
  if (reset.data) {
    return (
      <LinkDialog
        title={t('members.reset_made', { name })}
        description={t('members.reset_made_text')}
        link={reset.data.link}
        expiresAt={reset.data.expires_at}
        mailed={reset.data.mailed}
        onClose={onClose}
      />
    )
  }
  return (
    <Dialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('members.reset_ask', { name })}
      description={t('members.reset_consequence')}
      footer={
        <>
          <Button variant="ghost" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button variant="primary" busy={reset.isPending} onClick={() => reset.mutate(member.user.id)}>
            {t('members.reset_confirm')}
          </Button>
        </>
      }
    >
      {reset.error ? (
        <ErrorNote error={reset.error} />
      ) : (
        <p className="text-muted">{t('members.reset_text', { email: member.user.email })}</p>
      )}
    </Dialog>
  )
}

function Remove({ tenant, member, confirmed, onClose }: PartProps) {
  const { t } = useTranslation()
  const remove = useRemoveMember(tenant.id, confirmed)
  const name = member.user.full_name
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('members.remove_ask', { name, tenant: tenant.name })}
      consequence={t('members.remove_consequence')}
      confirm={t('members.remove_confirm', { name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() =>
        remove.mutate(member.user.id, {
          onSuccess: () => {
            toast.success(t('members.removed', { name }))
            onClose()
          },
        })
      }
    />
  )
}

function Switch({ tenant, member, confirmed, onClose, on }: PartProps & { on: boolean }) {
  const { t } = useTranslation()
  const update = useUpdateMember(tenant.id, confirmed)
  const name = member.user.full_name
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={on ? t('members.enable_ask', { name }) : t('members.disable_ask', { name })}
      consequence={on ? t('members.enable_consequence') : t('members.disable_consequence')}
      confirm={on ? t('members.enable_confirm', { name }) : t('members.disable_confirm', { name })}
      busy={update.isPending}
      error={update.error ? <ErrorNote error={update.error} className="mt-3" /> : undefined}
      onConfirm={() => update.mutate({ member, body: { is_active: on } }, { onSuccess: onClose })}
    />
  )
}
