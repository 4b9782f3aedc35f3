// The list of guests as the product draws it, or a plain table, with ten thousand guests of which some change all the time.

import { QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { useState, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import './bench.css'
import { GuestsPage } from '@/features/guests/guests-page'
import { formatSort } from '@/features/guests/sort'
import { keys } from '@/lib/api/keys'
import type { Guest, GuestList } from '@/lib/api/types'
import { makeGuest, makeTenant } from '@/lib/fixtures'
import { startI18n } from '@/lib/i18n'
import { createQueryClient } from '@/lib/query-client'
import { PlainTable } from './plain-table'

const COUNT = 10_000
/** Guests that change at once, and how often a second: as fifty busy servers tell it. */
const CHANGES = 40
const PER_SECOND = 5

startI18n('en')
const tenant = makeTenant({ slug: 'lab' })
const servers = Array.from({ length: 50 }, (_, index) => ({
  id: `0192f0aa-0000-7000-8000-${String(index).padStart(12, '0')}`,
  name: `cluster-${String(index).padStart(2, '0')}`,
}))
const all: Guest[] = Array.from({ length: COUNT }, (_, index) =>
  makeGuest({
    server: servers[index % servers.length] ?? makeGuest().server,
    vmid: 100 + index,
    name: `guest-${String(index).padStart(5, '0')}`,
    status: index % 7 === 0 ? 'stopped' : 'running',
    node: `node-${index % 3}`,
    cpu: (index % 100) / 100,
    uptime_seconds: index * 60,
    data_at: new Date().toISOString(),
  }),
)

const queryClient = createQueryClient(() => undefined)
const listKey = keys.guests(tenant.id)
const list = (guests: Guest[]): GuestList => ({ guests, servers: [], next_cursor: null })

/** The guests for the plain table; the product reads the query cache. */
let plain = all
const readers = new Set<() => void>()

function change(turn: number) {
  const next = [...plain]
  for (let index = 0; index < CHANGES; index += 1) {
    const at = (turn * CHANGES + index * 251) % COUNT
    const guest = next[at]
    if (guest) next[at] = { ...guest, cpu: ((turn + index) % 100) / 100 }
  }
  plain = next
  queryClient.setQueryData(listKey, list(next))
  for (const read of readers) read()
}

function Plain() {
  const guests = useSyncExternalStore(
    read => {
      readers.add(read)
      return () => readers.delete(read)
    },
    () => plain,
  )
  return <PlainTable guests={guests} />
}

function Nexus() {
  const [filter, setFilter] = useState('')
  const [order, setOrder] = useState<string>()
  return (
    <main className="flex h-dvh flex-col">
      <GuestsPage
        tenant={tenant}
        me="bench"
        filter={filter}
        order={order}
        view={undefined}
        onFilter={setFilter}
        onOrder={sort => setOrder(formatSort(sort))}
        onView={() => undefined}
        onViewGone={() => undefined}
        onOpen={() => undefined}
      />
    </main>
  )
}

const Wanted = new URLSearchParams(location.search).get('table') === 'plain' ? Plain : Nexus

async function show(): Promise<number> {
  const root = createRootRoute()
  const here = createRoute({ getParentRoute: () => root, path: '/', component: Wanted })
  const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => null })
  const router = createRouter({ routeTree: root.addChildren([here, elsewhere]), history: createMemoryHistory() })
  await router.load()
  queryClient.setQueryData(listKey, list(all))
  const begun = performance.now()
  createRoot(document.getElementById('root') as HTMLElement).render(
    <QueryClientProvider client={queryClient}>
      <Tooltip.Provider>
        <RouterProvider router={router as never} />
      </Tooltip.Provider>
    </QueryClientProvider>,
  )
  return await new Promise(resolve => {
    const look = () => {
      if (!document.querySelector('tbody')?.textContent.includes('guest-')) return requestAnimationFrame(look)
      // The frame that holds the rows is on the screen when the next one begins.
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)))
    }
    requestAnimationFrame(look)
  })
}

let timer: ReturnType<typeof setInterval> | undefined
function live(on: boolean) {
  clearInterval(timer)
  let turn = 0
  timer = on ? setInterval(() => change(turn++), 1000 / PER_SECOND) : undefined
}

Object.assign(window, { show, live })
