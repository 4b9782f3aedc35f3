import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowLeft, Bell, CheckCheck, SearchX } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, LoadMore, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { Button, buttonClass } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { CheckField } from '@/components/ui/field'
import { TabPanel, Tabs } from '@/components/ui/tabs'
import { categoriesOf } from '@/features/notifications/categories'
import { byDay, timeOfDay } from '@/features/notifications/days'
import { NotificationItem } from '@/features/notifications/notification-item'
import { PreferencesTab } from '@/features/notifications/preferences-tab'
import { notificationsQuery, useReadNotifications } from '@/features/notifications/queries'
import type { NotificationCategory, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatTime } from '@/lib/format'

export const NOTIFICATION_TABS = ['timeline', 'preferences'] as const
type Tab = (typeof NOTIFICATION_TABS)[number]

/** What the timeline shows; it lives in the address. */
type Search = { category?: NotificationCategory | undefined; unread?: boolean | undefined }

type NotificationsPageProps = {
  tenant: Tenant
  /** Whether Nexus can send e-mails. */
  mail: boolean
  tab: Tab
  search: Search
  onTab: (tab: Tab) => void
  onSearch: (search: Search) => void
}

/** All that has happened for this person in a tenant, and how they are told. */
export function NotificationsPage({ tenant, mail, tab, search, onTab, onSearch }: NotificationsPageProps) {
  const { t } = useTranslation()
  const read = useReadNotifications(tenant.id)
  const unread = useInfiniteQuery(notificationsQuery(tenant.id)).data?.pages[0]?.unread ?? 0
  return (
    <Page
      title={t('notifications.title')}
      actions={
        <>
          {/* Who sees single guests alone has no side bar to go back by. */}
          {!tenant.may.see_all_guests && (
            <Link to="/t/$slug/guests" params={{ slug: tenant.slug }} className={buttonClass('ghost')}>
              <ArrowLeft className="size-4" aria-hidden />
              {t('guests.title')}
            </Link>
          )}
          {tab === 'timeline' && (
            <Button
              disabled={unread === 0}
              busy={read.isPending && read.variables === undefined}
              onClick={() => read.mutate(undefined)}
            >
              <CheckCheck className="size-4" aria-hidden />
              {t('notifications.mark_all')}
            </Button>
          )}
        </>
      }
    >
      <Tabs
        label={t('notifications.title')}
        value={tab}
        onChange={onTab}
        tabs={[
          { value: 'timeline', label: t('notifications.timeline'), count: unread },
          { value: 'preferences', label: t('notifications.preferences') },
        ]}
      >
        <TabPanel value="timeline">
          <Filter tenant={tenant} search={search} onSearch={onSearch} />
          {read.error && <ErrorNote error={read.error} className="mx-6 mb-3 max-md:mx-4" />}
          <Timeline
            tenant={tenant}
            search={search}
            onSearch={onSearch}
            onRead={id => read.mutate([id])}
            onPreferences={() => onTab('preferences')}
          />
        </TabPanel>
        <TabPanel value="preferences">
          <PreferencesTab tenant={tenant} mail={mail} />
        </TabPanel>
      </Tabs>
    </Page>
  )
}

function Filter({ tenant, search, onSearch }: Pick<NotificationsPageProps, 'tenant' | 'search' | 'onSearch'>) {
  const { t } = useTranslation()
  const choices: { value: NotificationCategory | 'all'; label: string }[] = [
    { value: 'all', label: t('notifications.all') },
    ...categoriesOf(tenant).map(value => ({ value, label: t(`notifications.category_${value}`) })),
  ]
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-6 py-3 max-md:px-4">
      <div className="max-w-full overflow-x-auto">
        <Choices<NotificationCategory | 'all'>
          label={t('notifications.filter')}
          value={search.category ?? 'all'}
          choices={choices}
          onChange={value => onSearch({ ...search, category: value === 'all' ? undefined : value })}
        />
      </div>
      <CheckField
        label={<span className="font-normal">{t('notifications.only_unread')}</span>}
        checked={search.unread ?? false}
        onChange={event => onSearch({ ...search, unread: event.target.checked || undefined })}
        className="min-h-6 items-center max-md:min-h-10"
      />
    </div>
  )
}

function noneKey({ category, unread }: Search) {
  if (!unread) return 'notifications.no_match'
  return category ? 'notifications.none_unread_kind' : 'notifications.none_unread'
}

type TimelineProps = Pick<NotificationsPageProps, 'tenant' | 'search' | 'onSearch'> & {
  onRead: (id: string) => void
  onPreferences: () => void
}

function Timeline({ tenant, search, onSearch, onRead, onPreferences }: TimelineProps) {
  const { t, i18n } = useTranslation()
  const now = useNow(60_000)
  const query = useInfiniteQuery(notificationsQuery(tenant.id, search))
  const notifications = query.data?.pages.flatMap(page => page.notifications)
  if (query.isPending) return <ListSkeleton rows={8} />
  if (!notifications) {
    return (
      <LoadFailed
        title={t('notifications.load_failed')}
        error={query.error}
        busy={query.isFetching}
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (notifications.length === 0) {
    return search.category || search.unread ? (
      <FullState
        icon={<SearchX aria-hidden />}
        title={t(noneKey(search))}
        action={<Button onClick={() => onSearch({})}>{t('notifications.show_all')}</Button>}
        className="border-t"
      />
    ) : (
      <FullState
        icon={<Bell aria-hidden />}
        title={t('notifications.none')}
        hint={t('notifications.none_hint')}
        action={<Button onClick={onPreferences}>{t('notifications.choose')}</Button>}
        className="border-t"
      />
    )
  }
  return (
    <ScrollArea label={t('notifications.timeline')} className="border-t">
      {byDay(notifications, now, i18n.language).map(day => (
        <section key={day.key} aria-labelledby={`day-${day.key}`}>
          <h2
            id={`day-${day.key}`}
            className="sticky top-0 z-10 border-b bg-surface px-6 py-1.5 font-medium text-muted text-table max-md:px-4"
          >
            {day.label}
          </h2>
          <ul aria-labelledby={`day-${day.key}`}>
            {day.notifications.map(one => (
              <NotificationItem
                key={one.id}
                tenant={tenant}
                notification={one}
                time={
                  <time
                    dateTime={one.at}
                    title={formatTime(one.at, i18n.language)}
                    className="nums whitespace-nowrap text-muted"
                  >
                    {timeOfDay(one.at, i18n.language)}
                  </time>
                }
                onRead={onRead}
                className="border-b pr-4 pl-6 max-md:pr-2 max-md:pl-4"
              />
            ))}
          </ul>
        </section>
      ))}
      <LoadMore query={query} />
    </ScrollArea>
  )
}
