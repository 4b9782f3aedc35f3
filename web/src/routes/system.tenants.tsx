import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'
import { TenantsPage } from '@/features/system/tenants-page'

export const Route = createFileRoute('/system/tenants')({
  // A search that is a number comes as one.
  validateSearch: z.object({ q: z.coerce.string().optional().catch(undefined) }),
  component: Tenants,
})

function Tenants() {
  const { q } = Route.useSearch()
  const navigate = Route.useNavigate()
  const onSearch = useCallback(
    (text: string) => void navigate({ search: { q: text || undefined }, replace: true }),
    [navigate],
  )
  return <TenantsPage q={q ?? ''} onSearch={onSearch} />
}
