import { type InfiniteData, QueryClient, QueryObserver } from '@tanstack/react-query'
import { beforeEach, expect, it, vi } from 'vitest'
import { type AlertScope, applyAlert } from '@/lib/alert-cache'
import { keys } from '@/lib/api/keys'
import type { Alert, AlertList } from '@/lib/api/types'
import { makeAlert } from '@/lib/fixtures'

const T = 'tenant'
const old = makeAlert({ id: 'old', opened_at: '2026-01-01T00:00:00Z' })
const kept = makeAlert({ id: 'kept', state: 'acknowledged', opened_at: '2025-12-31T00:00:00Z' })

let client: QueryClient
const key = (scope: AlertScope) => [...keys.alerts(T), scope]
const put = (scope: AlertScope, alerts: Alert[]) =>
  client.setQueryData<InfiniteData<AlertList>>(key(scope), {
    pages: [{ alerts, next_cursor: null, open: 1, active: 2 }],
    pageParams: [''],
  })
const list = (scope: AlertScope) => client.getQueryData<InfiniteData<AlertList>>(key(scope))?.pages[0]
const ids = (scope: AlertScope) => list(scope)?.alerts.map(({ id }) => id)
const active: AlertScope = { state: 'active' }
const past: AlertScope = { state: 'resolved' }

beforeEach(() => {
  client = new QueryClient()
  put(active, [old, kept])
  put(past, [])
  put({ state: 'active', server: 'other' }, [])
})

it('puts a new alert on top of the active ones and counts it', () => {
  applyAlert(client, T, makeAlert({ id: 'new', opened_at: '2026-01-02T00:00:00Z' }))
  expect(ids(active)).toEqual(['new', 'old', 'kept'])
  expect(list(active)).toMatchObject({ open: 2, active: 3 })
  expect(ids({ state: 'active', server: 'other' })).toEqual([])
  expect(ids(past)).toEqual([])
})

it('says the same twice without counting twice', () => {
  const alert = makeAlert({ id: 'new', opened_at: '2026-01-02T00:00:00Z' })
  applyAlert(client, T, alert)
  applyAlert(client, T, alert)
  expect(list(active)).toMatchObject({ open: 2, active: 3 })
})

it('keeps an acknowledged alert in its place', () => {
  applyAlert(client, T, { ...old, state: 'acknowledged', acknowledged_by: 'Ben' })
  expect(ids(active)).toEqual(['old', 'kept'])
  expect(list(active)).toMatchObject({ open: 0, active: 2 })
  expect(list(active)?.alerts[0]?.acknowledged_by).toBe('Ben')
})

it('moves a resolved alert into the history', () => {
  applyAlert(client, T, { ...kept, state: 'resolved', resolved_at: '2026-01-01T00:00:00Z' })
  expect(ids(active)).toEqual(['old'])
  expect(ids(past)).toEqual(['kept'])
  expect(list(active)).toMatchObject({ open: 1, active: 1 })
})

it('lets no older word undo a newer one', () => {
  applyAlert(client, T, { ...kept, state: 'open' })
  expect(list(active)?.alerts[1]?.state).toBe('acknowledged')
})

it('asks again when it does not know what an alert was', () => {
  applyAlert(client, T, makeAlert({ id: 'unknown', state: 'resolved' }))
  expect(client.getQueryState(key(active))?.isInvalidated).toBe(true)
  expect(list(active)).toMatchObject({ open: 1, active: 2 })
})

it('asks once more for a list that was being asked for', async () => {
  client.clear()
  const answers: ((alerts: Alert[]) => void)[] = []
  const queryFn = () =>
    new Promise(resolve =>
      answers.push(alerts => resolve({ pages: [{ alerts, next_cursor: null, open: 0, active: 0 }], pageParams: [''] })),
    )
  const observer = new QueryObserver(client, { queryKey: key(active), queryFn })
  const stop = observer.subscribe(() => undefined)
  applyAlert(client, T, makeAlert({ id: 'new' }))
  answers[0]?.([])
  await vi.waitFor(() => expect(answers).toHaveLength(2))
  answers[1]?.([makeAlert({ id: 'new' })])
  await vi.waitFor(() => expect(ids(active)).toEqual(['new']))
  stop()
})
