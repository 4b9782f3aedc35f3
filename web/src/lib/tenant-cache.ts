import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

/** Forgets what was read of every tenant but this one (`null`: of all). */
function dropOtherTenants(client: QueryClient, tenant: string | null): void {
  client.removeQueries({ queryKey: ['tenant'], predicate: ({ queryKey }) => queryKey[1] !== tenant })
}

/**
 * Keeps the data of one tenant alone in the cache. This runs after the pages of the other one are gone: as long as they
 * are there, they would fetch again what is taken from them.
 */
export function useOnlyTenant(tenant: string | null): void {
  const client = useQueryClient()
  useEffect(() => dropOtherTenants(client, tenant), [client, tenant])
}
