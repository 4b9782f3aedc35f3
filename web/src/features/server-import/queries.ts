import { useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { ServerImport } from '@/lib/api/types'

export type RunImport = (csv: string, dry_run: boolean) => Promise<ServerImport>

/** Looks at a sheet, or, when not `dry_run`, imports it. */
export function useImportServers(tenant: string): RunImport {
  return useCallback(
    (csv, dry_run) =>
      unwrap(
        http.POST('/api/v1/tenants/{tenant}/servers/import', { params: { path: { tenant } }, body: { csv, dry_run } }),
      ),
    [tenant],
  )
}

/** Has the lists asked for again that servers are in. */
export function useServersChanged(tenant: string): () => void {
  const client = useQueryClient()
  return useCallback(() => {
    void client.invalidateQueries({ queryKey: keys.servers(tenant) })
    void client.invalidateQueries({ queryKey: keys.guests(tenant) })
  }, [client, tenant])
}

/** The address of the tenant's own servers as a file, without tokens; the browser downloads it by itself. */
export const exportUrl = (tenant: string) => `/api/v1/tenants/${tenant}/servers/export`
