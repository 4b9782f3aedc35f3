import { useQuery } from '@tanstack/react-query'
import { Keyboard, Server } from 'lucide-react'
import { type ReactNode, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CommandPalette } from '@/features/palette/command-palette'
import type { Command } from '@/features/palette/items'
import { PaletteButton } from '@/features/palette/palette-button'
import { guestsQuery } from '@/lib/api/tenant-queries'
import type { Guest, ServerBrief, Tenant } from '@/lib/api/types'
import { type Shortcut, showShortcuts, useShortcuts } from '@/lib/shortcuts'
import { setDrawer, useDrawer } from '@/lib/task-drawer'

type Place = { to: string; label: string; icon: ReactNode }

/** The second key after `g`, by the last part of the address. */
const GO = {
  '': { keys: 'g d', text: 'shortcuts.go_dashboard' },
  guests: { keys: 'g g', text: 'shortcuts.go_guests' },
  consoles: { keys: 'g c', text: 'shortcuts.go_consoles' },
  servers: { keys: 'g s', text: 'shortcuts.go_servers' },
  monitoring: { keys: 'g m', text: 'shortcuts.go_monitoring' },
  alerts: { keys: 'g a', text: 'shortcuts.go_alerts' },
} as const

type PaletteOptions = {
  tenant: Tenant
  /** The pages that this person may see. */
  places: Place[]
  onGo: (to: string) => void
  onGuest: (guest: Guest) => void
  onFilter: (text: string) => void
}

/** The command palette with its button, and the keys that work on every page of the tenant. */
export function usePalette({ tenant, places, onGo, onGuest, onFilter }: PaletteOptions) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const drawer = useDrawer()
  const base = `/t/${tenant.slug}`
  const goOf = useCallback(
    (to: string) =>
      GO[to.slice(base.length).replace(/^\//, '') as keyof typeof GO] as (typeof GO)['guests'] | undefined,
    [base],
  )
  const pages = useMemo((): Command[] => {
    const all = places.map(({ to, label, icon }): Command => {
      const keys = goOf(to)?.keys
      return { id: to, label, icon, run: () => onGo(to), ...(keys && { keys }) }
    })
    const help = { id: '?', label: t('shortcuts.title'), icon: <Keyboard aria-hidden />, keys: '?' }
    return [...all, { ...help, run: () => showShortcuts() }]
  }, [places, goOf, onGo, t])
  const servers = useServers(tenant, open, onGo, onFilter)
  const goTo = places.flatMap(({ to }): Shortcut[] => {
    const go = goOf(to)
    return go ? [{ keys: [go.keys], text: go.text, run: () => onGo(to) }] : []
  })
  useShortcuts('shortcuts.everywhere', [
    {
      keys: ['mod+k'],
      text: 'shortcuts.palette',
      run: event => {
        event.preventDefault()
        // A question that is open is answered first.
        if (!document.querySelector('[role="alertdialog"], [role="dialog"]')) setOpen(true)
        else if (open) setOpen(false)
      },
    },
    { keys: ['?'], text: 'shortcuts.this', run: () => showShortcuts() },
    { keys: ['t'], text: 'shortcuts.tasks', run: () => setDrawer({ open: !drawer.open }) },
    ...goTo,
  ])
  return {
    button: <PaletteButton onOpen={() => setOpen(true)} />,
    dialog: (
      <CommandPalette
        tenant={tenant}
        open={open}
        onOpenChange={setOpen}
        pages={pages}
        servers={servers}
        onGuest={onGuest}
        onFilter={onFilter}
      />
    ),
  }
}

const NONE: ServerBrief[] = []

/** The servers as places: their pages, or their guests for those who may not see servers. */
function useServers(tenant: Tenant, open: boolean, onGo: (to: string) => void, onFilter: (text: string) => void) {
  const { data = NONE } = useQuery({ ...guestsQuery(tenant.id), select: list => list.servers, enabled: open })
  const { slug, may } = tenant
  return useMemo((): Command[] => {
    if (!may.see_all_guests) return []
    return data.map(server => ({
      id: server.id,
      label: server.name,
      icon: <Server aria-hidden />,
      run: () =>
        may.see_servers ? onGo(`/t/${slug}/servers/${server.id}`) : onFilter(`server:${JSON.stringify(server.name)}`),
    }))
  }, [data, slug, may, onGo, onFilter])
}
