import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { ASSIGNMENT_STATES, AssignmentsPage } from '@/features/assignments/assignments-page'
import { tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/assignments')({
  validateSearch: z.object({
    q: z.coerce.string().optional().catch(undefined),
    state: z.enum(ASSIGNMENT_STATES).optional().catch(undefined),
  }),
  component: Assignments,
})

function Assignments() {
  const { t } = useTranslation()
  const { q, state } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  const onSearch = useCallback(
    (text: string) => void navigate({ search: old => ({ ...old, q: text || undefined }), replace: true }),
    [navigate],
  )
  if (!tenant.may.see_members) return <ForbiddenPage title={t('assignments.title')} who="managers" />
  return (
    <AssignmentsPage
      tenant={tenant}
      search={q ?? ''}
      state={state ?? 'all'}
      onSearch={onSearch}
      onState={next =>
        void navigate({ search: old => ({ ...old, state: next === 'all' ? undefined : next }), replace: true })
      }
    />
  )
}
