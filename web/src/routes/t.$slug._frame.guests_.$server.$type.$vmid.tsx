import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ConsoleSessions } from '@/components/console-sessions'
import { ScrollArea } from '@/components/list-state'
import { GuestPeople } from '@/features/assignments/guest-access'
import { GuestPage } from '@/features/guest/guest-page'
import { type GuestSearch, TIMEFRAMES } from '@/features/guest/view'
import { guestQuery, tenantQuery } from '@/lib/api/queries'
import { consoleFilter, trimConsoleFilter } from '@/lib/console-filter'
import { refOf } from '@/lib/guest-key'
import { GUEST_TABS } from '@/lib/guest-tabs'

const guestRef = z.object({
  server: z.uuid(),
  type: z.enum(['qemu', 'lxc']),
  vmid: z.coerce.number().int().min(100).max(999_999_999),
})

export const Route = createFileRoute('/t/$slug/_frame/guests_/$server/$type/$vmid')({
  validateSearch: z.object({
    tab: z.enum(GUEST_TABS).optional().catch(undefined),
    time: z.enum(TIMEFRAMES).optional().catch(undefined),
    peak: z.boolean().optional().catch(undefined),
    open: z.boolean().optional().catch(undefined),
    person: consoleFilter.shape.user,
    cause: consoleFilter.shape.cause,
  }),
  beforeLoad: ({ params }) => {
    const guest = guestRef.safeParse(params)
    if (!guest.success) throw notFound()
    return { guest: guest.data }
  },
  loader: ({ context }) => void context.queryClient.prefetchQuery(guestQuery(context.tenantId, context.guest)),
  component: Details,
})

function Details() {
  const { t } = useTranslation()
  const { slug } = Route.useParams()
  const { tenantId, guest } = Route.useRouteContext()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(tenantId))
  const change = (next: GuestSearch) =>
    void navigate({ search: old => ({ ...old, ...next }), replace: true, resetScroll: false })
  return (
    <GuestPage
      tenant={tenant}
      slug={slug}
      guest={guest}
      search={search}
      onSearch={change}
      access={
        tenant.may.manage_members
          ? guest => (
              <ScrollArea label={t('guest_page.tab_access')}>
                <h2 className="sr-only">{t('guest_page.tab_access')}</h2>
                <div className="flex max-w-3xl flex-col gap-4 p-6 max-md:p-4">
                  <GuestPeople tenant={tenant} guest={guest} />
                </div>
              </ScrollArea>
            )
          : undefined
      }
      consoles={guest => (
        <ConsoleSessions
          place={tenant.id}
          guest={refOf(guest)}
          title={t('consoles.title')}
          filter={trimConsoleFilter({ all: !search.open, user: search.person, cause: search.cause })}
          onFilter={({ all, user, cause }) => change({ open: !all || undefined, person: user, cause })}
          own={!tenant.may.see_all_consoles}
        />
      )}
    />
  )
}
