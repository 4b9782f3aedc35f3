import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { Skeleton } from '@/components/ui/skeleton'
import { categoriesOf } from '@/features/notifications/categories'
import { preferencesQuery, useSetPreferences } from '@/features/notifications/queries'
import type { NotificationCategory, NotificationPreferences, Tenant } from '@/lib/api/types'

type Channel = keyof NotificationPreferences[NotificationCategory]

/** What a person is told of, and how. Each tick counts at once. */
export function PreferencesTab({ tenant, mail }: { tenant: Tenant; mail: boolean }) {
  const { t } = useTranslation()
  const query = useQuery(preferencesQuery(tenant.id))
  return (
    <ScrollArea label={t('notifications.preferences')}>
      <div className="mx-auto flex max-w-2xl flex-col gap-4 p-6 max-md:p-4">
        <p className="text-muted">{t('notifications.preferences_lead', { tenant: tenant.name })}</p>
        {query.isPending && <TableSkeleton rows={categoriesOf(tenant).length} />}
        {query.isError && !query.data && (
          <LoadFailed
            title={t('notifications.preferences_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data && <PreferencesTable tenant={tenant} preferences={query.data} mail={mail} />}
      </div>
    </ScrollArea>
  )
}

type TableProps = { tenant: Tenant; preferences: NotificationPreferences; mail: boolean }

function PreferencesTable({ tenant, preferences, mail }: TableProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const save = useSetPreferences(tenant.id)
  const noMail = useId()
  const set = (category: NotificationCategory, channel: Channel, on: boolean) => {
    const { queryKey } = preferencesQuery(tenant.id)
    const old = client.getQueryData(queryKey) ?? preferences
    const next = { ...old, [category]: { ...old[category], [channel]: on } }
    client.setQueryData(queryKey, next)
    save.mutate(next)
  }
  const box = (category: NotificationCategory, channel: Channel, name: string) => {
    const off = channel === 'email' && !mail
    return (
      <label className="mx-auto grid size-10 cursor-pointer place-items-center has-disabled:cursor-not-allowed">
        <input
          type="checkbox"
          checked={preferences[category][channel]}
          disabled={off}
          aria-label={t('notifications.tell', { category: t(`notifications.category_${category}`), channel: name })}
          aria-describedby={off ? noMail : undefined}
          onChange={event => set(category, channel, event.target.checked)}
          className="size-4 accent-primary-solid disabled:opacity-50"
        />
      </label>
    )
  }
  return (
    <>
      {save.error && <ErrorNote error={save.error} />}
      <div className="overflow-hidden rounded-card border">
        <table aria-label={t('notifications.preferences')} className="w-full">
          <thead className="border-b bg-surface text-left text-muted text-table">
            <tr className="h-9 [&>th]:px-4 [&>th]:font-medium">
              <th scope="col">{t('notifications.what')}</th>
              <th scope="col" className="w-24 text-center max-md:w-16 max-md:px-0">
                {t('notifications.in_app')}
              </th>
              <th scope="col" className="w-24 text-center max-md:w-16 max-md:px-0">
                {t('notifications.email')}
              </th>
            </tr>
          </thead>
          <tbody>
            {categoriesOf(tenant).map(category => (
              <tr key={category} className="border-b last:border-b-0">
                <th scope="row" className="px-4 py-2.5 text-left font-normal">
                  <span className="block font-medium">{t(`notifications.category_${category}`)}</span>
                  <span className="block text-muted text-table">{t(`notifications.about_${category}`)}</span>
                </th>
                <td>{box(category, 'in_app', t('notifications.in_app'))}</td>
                <td>{box(category, 'email', t('notifications.email'))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p id={noMail} className="text-muted text-table">
        {mail ? t('notifications.at_once') : t('notifications.no_mail')}
      </p>
    </>
  )
}

function TableSkeleton({ rows }: { rows: number }) {
  const { t } = useTranslation()
  return (
    <div role="status">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className={rows > 2 ? 'h-75 rounded-card' : 'h-40 rounded-card'} />
    </div>
  )
}
