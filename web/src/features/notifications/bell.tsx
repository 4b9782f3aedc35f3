import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell as BellIcon, X } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadFailed } from '@/components/list-state'
import { TimeAgo } from '@/components/time-ago'
import { Button, buttonClass } from '@/components/ui/button'
import { Sheet } from '@/components/ui/dialog'
import { Popover } from '@/components/ui/popover'
import { Skeleton } from '@/components/ui/skeleton'
import { NotificationItem } from '@/features/notifications/notification-item'
import { notificationsQuery, useReadNotifications } from '@/features/notifications/queries'
import type { Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useMediaQuery } from '@/lib/use-media-query'

/** More than this is not counted out. */
const MOST = 99
/** How many the panel shows; the page has them all. */
const NEWEST = 12

/** The bell in the top bar with how many notifications are unread, and the newest of them under it. */
export function Bell({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const narrow = useMediaQuery('(max-width: 639px)')
  const unread = useInfiniteQuery(notificationsQuery(tenant.id)).data?.pages[0]?.unread ?? 0
  const label = unread > 0 ? t('notifications.bell_unread', { count: unread }) : t('notifications.title')
  const trigger: ReactElement<{ onClick?: () => void }> = (
    <Button
      variant="ghost"
      size="icon"
      aria-label={label}
      title={label}
      aria-haspopup="dialog"
      className="relative"
      onClick={narrow ? () => setOpen(true) : undefined}
    >
      <BellIcon className="size-4" aria-hidden />
      {unread > 0 && (
        <span
          aria-hidden
          className={cn(
            'nums absolute top-0 left-3.5 h-4 min-w-4 rounded-full bg-accent-solid px-1 font-semibold text-[0.6875rem]/4 text-white max-md:top-1',
            'ring-2 ring-background',
          )}
        >
          {unread > MOST ? `${MOST}+` : unread}
        </span>
      )}
    </Button>
  )
  const panel = <Panel tenant={tenant} unread={unread} narrow={narrow} onClose={() => setOpen(false)} />
  if (narrow) {
    return (
      <>
        {trigger}
        <Sheet open={open} onOpenChange={setOpen} title={t('notifications.title')} className="w-full">
          {panel}
        </Sheet>
      </>
    )
  }
  return (
    <Popover open={open} onOpenChange={setOpen} trigger={trigger} label={t('notifications.title')}>
      {panel}
    </Popover>
  )
}

type PanelProps = { tenant: Tenant; unread: number; narrow: boolean; onClose: () => void }

function Panel({ tenant, unread, narrow, onClose }: PanelProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(notificationsQuery(tenant.id))
  const read = useReadNotifications(tenant.id)
  const notifications = query.data?.pages.flatMap(page => page.notifications).slice(0, NEWEST)
  return (
    <>
      <div className="flex min-h-12 shrink-0 items-center gap-2 border-b py-1.5 pr-2 pl-4">
        <h2 className="font-semibold">{t('notifications.title')}</h2>
        <Button
          size="sm"
          variant="ghost"
          className="ml-auto"
          disabled={unread === 0}
          busy={read.isPending && read.variables === undefined}
          onClick={() => read.mutate(undefined)}
        >
          {t('notifications.mark_all')}
        </Button>
        {narrow && (
          <Button variant="ghost" size="icon" aria-label={t('common.close')} onClick={onClose}>
            <X className="size-4" aria-hidden />
          </Button>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.isPending && <PanelSkeleton />}
        {query.isError && !notifications && (
          <LoadFailed
            title={t('notifications.load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {notifications?.length === 0 && <p className="px-4 py-8 text-center text-muted">{t('notifications.none')}</p>}
        {notifications && notifications.length > 0 && (
          <ul aria-label={t('notifications.newest')}>
            {notifications.map(one => (
              <NotificationItem
                key={one.id}
                tenant={tenant}
                notification={one}
                time={<TimeAgo at={one.at} never="" className="text-xs" />}
                onRead={id => read.mutate([id])}
                onOpen={onClose}
                className="border-b pr-2 pl-4 last:border-b-0"
              />
            ))}
          </ul>
        )}
      </div>
      <div className="shrink-0 border-t p-2">
        <Link
          to="/t/$slug/notifications"
          params={{ slug: tenant.slug }}
          onClick={onClose}
          className={cn(buttonClass('ghost'), 'w-full')}
        >
          {t('notifications.show_all')}
        </Link>
      </div>
    </>
  )
}

function PanelSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-5 p-4">
      <span className="sr-only">{t('common.loading')}</span>
      {['a', 'b', 'c', 'd'].map(row => (
        <Skeleton key={row} className="h-5" />
      ))}
    </div>
  )
}
