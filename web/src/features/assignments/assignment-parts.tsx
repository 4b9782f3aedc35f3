import { Boxes, Layers, Monitor, Pencil, Tag, Trash2, UsersRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '@/components/avatar'
import { ErrorNote } from '@/components/error-note'
import { GuestLink } from '@/components/guest-link'
import { MoreMenu } from '@/components/more-menu'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Tooltip } from '@/components/ui/tooltip'
import { useDeleteAssignment, useWakeAssignment } from '@/features/assignments/queries'
import { shownRights } from '@/features/assignments/rights'
import type { Assignment, AssignmentSubject, AssignmentTarget, GuestRight } from '@/lib/api/types'
import { formatDate, formatNumber } from '@/lib/format'

/** What an assignment consists of; the table, the cards and the panels put it together. */

export function SubjectCell({ subject }: { subject: AssignmentSubject }) {
  const { t } = useTranslation()
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      {subject.kind === 'group' ? (
        <span className="grid size-7 shrink-0 place-items-center rounded-full bg-hover text-muted">
          <UsersRound className="size-4" aria-hidden />
        </span>
      ) : (
        <Avatar person={{ id: subject.id, full_name: subject.name, avatar: subject.avatar }} size={28} />
      )}
      <span className="min-w-0">
        <span className="block truncate font-medium" title={subject.name}>
          {subject.name}
        </span>
        <span className="block truncate text-muted text-xs">
          {subject.kind === 'group' ? t('assignments.group') : subject.email}
        </span>
      </span>
    </span>
  )
}

function TargetIcon({ target }: { target: AssignmentTarget }) {
  const Icon = target.kind === 'pool' ? Layers : target.kind === 'tag' ? Tag : target.type === 'lxc' ? Boxes : Monitor
  return <Icon className="size-4 shrink-0 text-muted" aria-hidden />
}

export function useTargetName(): (target: AssignmentTarget) => string {
  const { t } = useTranslation()
  return target =>
    target.kind === 'guest'
      ? target.name || t('guest.unnamed', { vmid: target.vmid })
      : t(`assignments.target_${target.kind}`, { name: target.name })
}

/** On what; with the tenant's `slug` a guest's name leads to the guest. */
export function TargetCell({ assignment, slug }: { assignment: Assignment; slug?: string }) {
  const { t, i18n } = useTranslation()
  const name = useTargetName()
  const { target, guests } = assignment
  const where = target.server?.name ?? t('assignments.every_server')
  const what =
    target.kind === 'guest'
      ? String(target.vmid)
      : t('assignments.guests', { count: guests, shown: formatNumber(guests, i18n.language) })
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <TargetIcon target={target} />
      <span className="min-w-0">
        {slug && target.server && target.type && target.vmid != null ? (
          <GuestLink
            slug={slug}
            guest={{ server: target.server.id, type: target.type, vmid: target.vmid }}
            title={name(target)}
            className="block truncate py-[3px] font-medium"
          >
            {name(target)}
          </GuestLink>
        ) : (
          <span className="block truncate font-medium" title={name(target)}>
            {name(target)}
          </span>
        )}
        <span className="nums block truncate text-muted text-xs">
          {what} · {where}
        </span>
      </span>
    </span>
  )
}

export function RightChips({ rights }: { rights: readonly GuestRight[] }) {
  const { t } = useTranslation()
  return (
    <span className="flex flex-wrap gap-1">
      {shownRights(rights).map(right => (
        <span key={right} title={t(`right.${right}_help`)} className="inline-flex">
          <Badge>{t(`right.${right}`)}</Badge>
        </span>
      ))}
    </span>
  )
}

/** Until when, and why it does not count now. */
export function UntilCell({ assignment }: { assignment: Assignment }) {
  const { t, i18n } = useTranslation()
  const day = assignment.until ? formatDate(Date.parse(assignment.until) - 1, i18n.language) : null
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      {day && !assignment.expired && <span className="nums whitespace-nowrap">{t('assignments.until', { day })}</span>}
      {assignment.expired && (
        <span title={day ?? undefined} className="inline-flex">
          <Badge>{t('assignments.expired')}</Badge>
        </span>
      )}
      {assignment.asleep && (
        <Tooltip text={t('assignments.asleep_hint')}>
          <button type="button" className="inline-flex h-6 cursor-default items-center rounded">
            <Badge tone="warning">{t('assignments.asleep')}</Badge>
          </button>
        </Tooltip>
      )}
      {!day && !assignment.asleep && <span className="text-muted">–</span>}
    </span>
  )
}

type ActionsProps = {
  tenant: string
  assignment: Assignment
  onEdit: (assignment: Assignment) => void
  onDelete: (assignment: Assignment) => void
  onWake: (assignment: Assignment) => void
}

export function AssignmentActions({ assignment, onEdit, onDelete, onWake }: Omit<ActionsProps, 'tenant'>) {
  const { t } = useTranslation()
  const target = useTargetName()(assignment.target)
  return (
    <span className="flex items-center justify-end gap-1">
      {assignment.asleep && (
        <Button size="sm" onClick={() => onWake(assignment)}>
          {t('assignments.wake')}
          <span className="sr-only">{`${assignment.subject.name}, ${target}`}</span>
        </Button>
      )}
      <MoreMenu label={t('assignments.more_of', { name: assignment.subject.name, target })}>
        <MenuItem icon={<Pencil aria-hidden />} onSelect={() => onEdit(assignment)}>
          {t('assignments.edit')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 aria-hidden />} destructive onSelect={() => onDelete(assignment)}>
          {t('assignments.delete')}
        </MenuItem>
      </MoreMenu>
    </span>
  )
}

type AskProps = { tenant: string; assignment: Assignment; onClose: () => void }

export function DeleteAssignment({ tenant, assignment, onClose }: AskProps) {
  const { t } = useTranslation()
  const remove = useDeleteAssignment(tenant)
  const target = useTargetName()(assignment.target)
  const name = assignment.subject.name
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('assignments.delete_ask', { name, target })}
      consequence={t('assignments.delete_consequence')}
      confirm={t('assignments.delete_confirm')}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(assignment.id, { onSuccess: onClose })}
    />
  )
}

/** The number belongs to another guest by now, maybe another person's: that is for a person to decide. */
export function WakeAssignment({ tenant, assignment, onClose }: AskProps) {
  const { t } = useTranslation()
  const wake = useWakeAssignment(tenant)
  const target = useTargetName()(assignment.target)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('assignments.wake_ask', { target })}
      consequence={t('assignments.wake_consequence', { vmid: assignment.target.vmid, name: assignment.subject.name })}
      confirm={t('assignments.wake_confirm')}
      busy={wake.isPending}
      error={wake.error ? <ErrorNote error={wake.error} className="mt-3" /> : undefined}
      onConfirm={() => wake.mutate(assignment.id, { onSuccess: onClose })}
    />
  )
}
