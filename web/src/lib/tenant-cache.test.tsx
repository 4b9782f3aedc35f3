import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { keys } from '@/lib/api/keys'
import { useOnlyTenant } from '@/lib/tenant-cache'

function Guests({ tenant }: { tenant: string }) {
  const { data } = useQuery({ queryKey: keys.guests(tenant), queryFn: async () => `guests of ${tenant}` })
  return <p>{data ?? 'loading'}</p>
}

function Pages({ tenant }: { tenant: string }) {
  useOnlyTenant(tenant)
  return <Guests tenant={tenant} />
}

it('drops everything of the tenant that is left, and keeps the rest', async () => {
  const client = new QueryClient()
  client.setQueryData(keys.me, 'me')
  const show = (tenant: string) => (
    <QueryClientProvider client={client}>
      <Pages tenant={tenant} />
    </QueryClientProvider>
  )
  const page = render(show('a'))
  await screen.findByText('guests of a')
  client.setQueryData(keys.servers('a'), 'servers of a')
  client.setQueryData(keys.tenant('a'), 'a')
  page.rerender(show('b'))
  await screen.findByText('guests of b')
  const cached = client.getQueryCache().getAll()
  expect(cached.map(query => query.queryKey)).toEqual([keys.me, keys.guests('b')])
  expect(page.container.textContent).not.toContain('guests of a')
})
