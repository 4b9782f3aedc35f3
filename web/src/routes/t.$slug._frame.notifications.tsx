import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { z } from 'zod'
import { CATEGORIES } from '@/features/notifications/categories'
import { NOTIFICATION_TABS, NotificationsPage } from '@/features/notifications/notifications-page'
import { meQuery, tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/notifications')({
  validateSearch: z.object({
    tab: z.enum(NOTIFICATION_TABS).optional().catch(undefined),
    category: z.enum(CATEGORIES).optional().catch(undefined),
    unread: z.boolean().optional().catch(undefined),
  }),
  component: Notifications,
})

function Notifications() {
  const { tab, category, unread } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  return (
    <NotificationsPage
      tenant={tenant}
      mail={me?.mail ?? false}
      tab={tab ?? 'timeline'}
      search={{ category, unread }}
      onTab={next => void navigate({ search: old => ({ ...old, tab: next === 'timeline' ? undefined : next }) })}
      onSearch={next =>
        void navigate({
          search: old => ({ ...old, category: next.category, unread: next.unread || undefined }),
          replace: true,
        })
      }
    />
  )
}
