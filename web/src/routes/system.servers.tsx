import { createFileRoute } from '@tanstack/react-router'
import { useCallback } from 'react'
import { z } from 'zod'
import { AllServersPage } from '@/features/system/all-servers-page'

const search = z.object({
  // A search that is a number comes as one.
  q: z.coerce.string().optional().catch(undefined),
  troubled: z.boolean().optional().catch(undefined),
})

export const Route = createFileRoute('/system/servers')({ validateSearch: search, component: Servers })

function Servers() {
  const { q, troubled } = Route.useSearch()
  const navigate = Route.useNavigate()
  const onSearch = useCallback(
    (text: string) => void navigate({ search: old => ({ ...old, q: text || undefined }), replace: true }),
    [navigate],
  )
  return (
    <AllServersPage
      q={q ?? ''}
      troubled={troubled ?? false}
      onSearch={onSearch}
      onTroubled={on => void navigate({ search: old => ({ ...old, troubled: on || undefined }), replace: true })}
    />
  )
}
