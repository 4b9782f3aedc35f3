import { useTranslation } from 'react-i18next'
import { ScrollArea } from '@/components/list-state'
import { AddressCard } from '@/features/guest/address-card'
import { Facts } from '@/features/guest/facts'
import { LiveTiles } from '@/features/guest/live-tiles'
import { NotesCard } from '@/features/guest/notes-card'
import { RecentTasks } from '@/features/guest/recent-tasks'
import type { Guest, ServerBrief, Tenant } from '@/lib/api/types'

type OverviewProps = {
  tenant: Tenant
  slug: string
  guest: Guest
  server: ServerBrief | undefined
  plain: boolean
}

/** How the guest is now, where it is reached, and what happened last. */
export function OverviewTab({ tenant, slug, guest, server, plain }: OverviewProps) {
  const { t } = useTranslation()
  return (
    <ScrollArea label={t('guest_page.tab_overview')}>
      <div className="grid gap-6 p-6 max-md:gap-5 max-md:p-4 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)] xl:grid-rows-[auto_1fr]">
        <LiveTiles tenant={tenant.id} guest={guest} />
        <div className="flex min-w-0 flex-col gap-6 max-md:gap-5 xl:row-span-2">
          <AddressCard tenant={tenant.id} guest={guest} plain={plain} />
          {!plain && <Facts tenant={tenant} slug={slug} guest={guest} server={server} />}
          <NotesCard tenant={tenant.id} guest={guest} />
        </div>
        <RecentTasks tenant={tenant.id} slug={slug} guest={guest} />
      </div>
    </ScrollArea>
  )
}
