import { Link, linkOptions } from '@tanstack/react-router'
import {
  BellRing,
  Check,
  CircleCheck,
  CircleX,
  type LucideIcon,
  UserCheck,
  UserCog,
  UserMinus,
  UserPlus,
  Wifi,
  WifiOff,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { notificationText } from '@/features/notifications/text'
import type { Notification, NotificationKind, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'

type ItemProps = {
  tenant: Tenant
  notification: Notification
  /** When it was, as its place says it. */
  time: ReactNode
  onRead: (id: string) => void
  /** Somebody goes to what it is about. */
  onOpen?: () => void
  className?: string
}

/** One notification (`li`). Opening it marks it as read and leads to what it is about. */
export function NotificationItem({ tenant, notification, time, onRead, onOpen, className }: ItemProps) {
  const { t } = useTranslation()
  const { title } = notificationText(notification)
  return (
    <li className={cn('group relative flex items-start gap-1 hover:bg-hover/70', className)}>
      <Opener tenant={tenant} notification={notification} time={time} onRead={onRead} onOpen={onOpen} />
      {notification.read ? (
        <span aria-hidden className="size-7 shrink-0 max-md:size-10" />
      ) : (
        <Button
          size="icon-sm"
          variant="ghost"
          className="mt-1.5 text-muted max-md:mt-0"
          aria-label={t('notifications.mark_of', { title })}
          title={t('notifications.mark')}
          onClick={() => onRead(notification.id)}
        >
          <Check className="size-4" aria-hidden />
        </Button>
      )}
    </li>
  )
}

function Opener({ tenant, notification, time, onRead, onOpen }: ItemProps) {
  const { t } = useTranslation()
  const { title, detail } = notificationText(notification)
  const target = targetOf(tenant, notification)
  const { Icon, colour } = looks[notification.kind]
  const box = 'flex min-w-0 flex-1 items-start gap-3 py-2.5 text-left text-table -outline-offset-2'
  const open = () => {
    if (!notification.read) onRead(notification.id)
    onOpen?.()
  }
  const face = (
    <>
      <span className="relative mt-0.5 shrink-0">
        <Icon className={cn('size-4', colour)} aria-hidden />
      </span>
      <span className="min-w-0 flex-1">
        <span className={cn('block break-words', !notification.read && 'font-medium')}>
          {!notification.read && <span className="sr-only">{t('notifications.unread')}: </span>}
          {title}
        </span>
        {detail && <span className="line-clamp-2 block break-words text-muted">{detail}</span>}
      </span>
      <span className="flex shrink-0 items-center gap-2">
        {time}
        <span
          aria-hidden
          className={cn('size-2 rounded-full', notification.read ? 'bg-transparent' : 'bg-accent-solid')}
        />
      </span>
    </>
  )
  if (target) {
    return (
      <Link {...target} onClick={open} className={box}>
        {face}
      </Link>
    )
  }
  if (notification.read) return <div className={box}>{face}</div>
  return (
    <button type="button" onClick={open} className={box}>
      {face}
    </button>
  )
}

/** Where it is about, if the person may go there. */
export function targetOf({ slug, may }: Tenant, one: Notification) {
  switch (one.kind) {
    case 'server_offline':
    case 'server_online':
      if (!one.server || !may.see_servers) return null
      return linkOptions({ to: '/t/$slug/servers/$server', params: { slug, server: one.server } })
    case 'alert_opened':
    case 'alert_acknowledged':
    case 'alert_resolved':
      if (!may.see_servers) return null
      return linkOptions({
        to: '/t/$slug/alerts',
        params: { slug },
        search: {
          ...(one.kind === 'alert_resolved' && { tab: 'history' as const }),
          ...(one.server && { server: one.server }),
        },
      })
    case 'action_done':
    case 'action_failed':
      if (!one.guest) return null
      return linkOptions({
        to: '/t/$slug/guests/$server/$type/$vmid',
        params: { slug, server: one.guest.server, type: one.guest.type, vmid: String(one.guest.vmid) },
        search: { tab: 'tasks' },
      })
    default:
      if (!may.see_members) return null
      return linkOptions({
        to: '/t/$slug/members',
        params: { slug },
        search: one.kind === 'member_removed' || !one.person ? {} : { q: one.person },
      })
  }
}

const looks: Record<NotificationKind, { Icon: LucideIcon; colour: string }> = {
  server_offline: { Icon: WifiOff, colour: 'text-destructive-text' },
  server_online: { Icon: Wifi, colour: 'text-success-text' },
  alert_opened: { Icon: BellRing, colour: 'text-warning-text' },
  alert_acknowledged: { Icon: UserCheck, colour: 'text-muted' },
  alert_resolved: { Icon: CircleCheck, colour: 'text-success-text' },
  action_done: { Icon: CircleCheck, colour: 'text-success-text' },
  action_failed: { Icon: CircleX, colour: 'text-destructive-text' },
  member_added: { Icon: UserPlus, colour: 'text-muted' },
  member_removed: { Icon: UserMinus, colour: 'text-muted' },
  role_changed: { Icon: UserCog, colour: 'text-muted' },
}
