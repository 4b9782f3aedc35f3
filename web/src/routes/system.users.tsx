import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'
import { UsersPage } from '@/features/system/users-page'

export const Route = createFileRoute('/system/users')({
  // A search that is a number comes as one.
  validateSearch: z.object({ q: z.coerce.string().optional().catch(undefined) }),
  component: Users,
})

function Users() {
  const { q } = Route.useSearch()
  const navigate = Route.useNavigate()
  const onSearch = useCallback(
    (text: string) => void navigate({ search: { q: text || undefined }, replace: true }),
    [navigate],
  )
  return <UsersPage q={q ?? ''} onSearch={onSearch} />
}
