import { queryOptions } from '@tanstack/react-query'
import { http, unwrap } from '@/lib/api/client'
import { keys } from '@/lib/api/keys'
import type { Guest, GuestList } from '@/lib/api/types'

const PAGE = 1000

/** All guests of one tenant, page by page. Server-sent events keep the list; nothing polls. */
export const guestsQuery = (tenant: string) =>
  queryOptions({
    queryKey: keys.guests(tenant),
    queryFn: async ({ signal }): Promise<GuestList> => {
      const guests: Guest[] = []
      let cursor: string | undefined
      for (;;) {
        const page = await unwrap(
          http.GET('/api/v1/tenants/{tenant}/guests', {
            params: { path: { tenant }, query: { limit: PAGE, ...(cursor && { cursor }) } },
            signal,
          }),
        )
        guests.push(...page.guests)
        if (!page.next_cursor) return { ...page, guests }
        cursor = page.next_cursor
      }
    },
  })
