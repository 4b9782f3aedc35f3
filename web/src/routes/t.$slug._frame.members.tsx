import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ForbiddenPage } from '@/components/forbidden-page'
import { PersonAccess } from '@/features/assignments/person-access'
import { MEMBER_TABS, MembersPage } from '@/features/members/members-page'
import { meQuery, tenantQuery } from '@/lib/api/queries'

export const Route = createFileRoute('/t/$slug/_frame/members')({
  validateSearch: z.object({
    tab: z.enum(MEMBER_TABS).optional().catch(undefined),
    // A search for a number comes as one.
    q: z.coerce.string().optional().catch(undefined),
  }),
  component: Members,
})

function Members() {
  const { t } = useTranslation()
  const { tab, q } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { data: me } = useSuspenseQuery(meQuery)
  const { data: tenant } = useSuspenseQuery(tenantQuery(Route.useRouteContext().tenantId))
  const onSearch = useCallback(
    (text: string) => void navigate({ search: old => ({ ...old, q: text || undefined }), replace: true }),
    [navigate],
  )
  if (!tenant.may.see_members) return <ForbiddenPage title={t('members.title')} who="managers" />
  return (
    <MembersPage
      tenant={tenant}
      me={me?.user.id ?? ''}
      tab={tab ?? 'members'}
      search={q ?? ''}
      onTab={next => void navigate({ search: { tab: next === 'members' ? undefined : next } })}
      onSearch={onSearch}
      access={member => <PersonAccess tenant={tenant} person={member.user} />}
    />
  )
}
