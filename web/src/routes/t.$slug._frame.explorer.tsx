import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ExplorerPage } from '@/features/explorer/explorer-page'
import { METHODS } from '@/features/explorer/form'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/explorer')({
  validateSearch: z.object({
    /** The first one where it is not there. */
    server: z.string().optional().catch(undefined),
    /** As the schema has it, with its places. */
    path: z.string().optional().catch(undefined),
    method: z.enum(METHODS).optional().catch(undefined),
    q: z.string().optional().catch(undefined),
  }),
  component: Explorer,
})

function Explorer() {
  const { t } = useTranslation()
  const search = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  if (!tenant.may.read_pve) return <ForbiddenPage title={t('explorer.title')} who="managers" />
  return (
    <ExplorerPage
      tenant={tenant}
      search={search}
      onSearch={(change, replace = true) =>
        void navigate({ search: old => ({ ...old, ...change }), replace, resetScroll: false })
      }
    />
  )
}
