import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { render } from '@testing-library/react'
import { Tooltip } from 'radix-ui'
import type { ReactNode } from 'react'
import { vi } from 'vitest'
import { createQueryClient } from '@/lib/query-client'

/** Shows a page as the app does, with a router that knows no other place. */
export async function renderPage(page: ReactNode) {
  const root = createRootRoute()
  const here = createRoute({ getParentRoute: () => root, path: '/', component: () => page })
  const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => null })
  const router = createRouter({ routeTree: root.addChildren([here, elsewhere]), history: createMemoryHistory() })
  await router.load()
  return render(
    <QueryClientProvider client={createQueryClient(() => undefined)}>
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  )
}

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> }
export type Call = { method: string; path: string; body: unknown; ifMatch: string | null }

/** Answers requests by "METHOD path"; whatever else is asked is not found. Returns the calls that were made. */
export function stubApi(replies: Record<string, Reply | ((call: Call) => Reply)>): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1', '')
    const text = request.method === 'GET' ? '' : await request.text()
    const call = {
      method: request.method,
      path,
      body: text ? JSON.parse(text) : null,
      ifMatch: request.headers.get('if-match'),
    }
    calls.push(call)
    const found = replies[`${call.method} ${path}`] ?? { status: 404, body: { code: 'not_found', detail: '' } }
    const { status = 200, body, headers } = typeof found === 'function' ? found(call) : found
    return new Response(status === 204 ? null : JSON.stringify(body ?? {}), {
      status,
      headers: { 'content-type': 'application/json', ...headers },
    })
  })
  return calls
}
