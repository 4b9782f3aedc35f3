import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ServerPage } from '@/features/servers/server-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/servers_/$server')({
  validateSearch: z.object({
    /** 24 hours where it is not there. */
    span: z.enum(['day']).optional().catch(undefined),
  }),
  component: Details,
})

function Details() {
  const { t } = useTranslation()
  const { slug, server } = Route.useParams()
  const { span } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.see_servers) return <ForbiddenPage title={t('servers.title')} who="managers" />
  return (
    <ServerPage
      tenant={tenant}
      slug={slug}
      server={server}
      span={span ?? 'hour'}
      onSpan={next =>
        void navigate({ search: { span: next === 'day' ? next : undefined }, replace: true, resetScroll: false })
      }
      onGone={() => void navigate({ to: '/t/$slug/servers', params: { slug }, replace: true })}
    />
  )
}
