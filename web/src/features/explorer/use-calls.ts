import { useState } from 'react'
import type { Made } from '@/features/explorer/answer-view'
import type { Draft } from '@/features/explorer/call-form'
import type { Call } from '@/features/explorer/commands'
import { isMask, placesOf, templateOf, type Values } from '@/features/explorer/form'
import { useCallPve } from '@/features/explorer/queries'
import type { Guest, PveCall, PveMethod, PvePath } from '@/lib/api/types'

const NOTHING: Draft = { values: {}, chosen: [], masked: [] }

const draftKey = (method: PveMethod, path: string) => `${method} ${path}`

/**
 * What was typed and answered while the page is open: forms are as they were left, and what fills a path (node, number,
 * storage) is the same for all paths.
 */
export function useCalls(tenant: string, server: string, guests: readonly Guest[]) {
  const [places, setPlaces] = useState<Values>({})
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({})
  const [made, setMade] = useState<Readonly<Record<string, Made>>>({})
  const { mutateAsync } = useCallPve(tenant, server)

  const draftOf = (method: PveMethod, path: string): Draft => {
    const { values, chosen, masked } = drafts[draftKey(method, path)] ?? NOTHING
    const filled = Object.fromEntries(placesOf(path).map(name => [name, places[name] ?? '']))
    return { values: { ...values, ...filled }, chosen, masked }
  }

  const setDraft = (method: PveMethod, path: string, draft: Draft) => {
    const names = placesOf(path)
    const filled = Object.fromEntries(names.map(name => [name, draft.values[name] ?? '']))
    const guest = filled.vmid === places.vmid ? undefined : guests.find(one => String(one.vmid) === filled.vmid)
    // Whoever chooses a guest means the node that it is on.
    if (guest?.node && names.includes('node')) filled.node = guest.node
    setPlaces({ ...places, ...filled })
    setDrafts({ ...drafts, [draftKey(method, path)]: draft })
  }

  /** Puts a call from before into its form again; what is masked is left to be typed. */
  const recall = (
    paths: readonly PvePath[],
    { method, path, params }: Omit<PveCall, 'id' | 'server' | 'at' | 'took_ms'>,
  ) => {
    const template = templateOf(paths, path)
    if (!template) return null
    const values: Record<string, string> = {}
    const masked = params.filter(one => isMask(one.value)).map(one => one.name)
    for (const { name, value } of params) {
      const text = isMask(value) ? '' : value
      values[name] = name in values ? `${values[name]}\n${text}` : text
    }
    setPlaces({ ...places, ...template.values })
    setDrafts({ ...drafts, [draftKey(method, template.path)]: { values, chosen: Object.keys(values), masked } })
    return template.path
  }

  const madeKey = (method: PveMethod, path: string) => `${server} ${draftKey(method, path)}`

  const run = (template: string, call: Call) => {
    const at = Date.now()
    const put = (one: Made) => setMade(all => ({ ...all, [madeKey(call.method, template)]: one }))
    put({ state: 'running', call, at })
    mutateAsync({ ...call, params: [...call.params] }).then(
      answer => put({ state: 'answered', call, at, answer }),
      (error: unknown) => put({ state: 'failed', call, at, error }),
    )
  }

  return {
    draftOf,
    setDraft,
    recall,
    run,
    madeOf: (method: PveMethod, path: string): Made | undefined => made[madeKey(method, path)],
    setPlace: (name: string, value: string) => setPlaces(old => ({ ...old, [name]: value })),
  }
}
