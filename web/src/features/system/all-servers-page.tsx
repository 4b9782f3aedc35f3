import { useQuery } from '@tanstack/react-query'
import { Plus, SearchX, Server } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed } from '@/components/list-state'
import { Page } from '@/components/page'
import { SearchBox } from '@/components/search-box'
import { Button } from '@/components/ui/button'
import { CheckField } from '@/components/ui/field'
import { AllServerCards, AllServerTable, type ServerAction } from '@/features/system/all-server-list'
import { EditProvidedSheet, ProvideSheet } from '@/features/system/provide-sheet'
import { DeleteProvided, ProvidedTest } from '@/features/system/provided-ask'
import { allServersQuery } from '@/features/system/queries'
import { filterServers, isTroubled } from '@/features/system/server-filter'
import type { AnyServer } from '@/lib/api/types'
import { useMediaQuery } from '@/lib/use-media-query'

type ServersProps = {
  q: string
  /** Only servers that need somebody. */
  troubled: boolean
  onSearch: (q: string) => void
  onTroubled: (troubled: boolean) => void
}

type Asked = { action: 'provide' } | { action: ServerAction; server: AnyServer; pin?: string }

/** The servers of all tenants, and those that tenants were given. */
export function AllServersPage({ q, troubled, onSearch, onTroubled }: ServersProps) {
  const { t } = useTranslation()
  const narrow = useMediaQuery('(max-width: 1023px)')
  const servers = useQuery(allServersQuery)
  const all = servers.data?.servers
  const shown = all && filterServers(all, q, troubled)
  const troubles = all?.filter(isTroubled).length ?? 0
  const [asked, setAsked] = useState<Asked | null>(null)
  const close = () => setAsked(null)
  const List = narrow ? AllServerCards : AllServerTable
  return (
    <Page
      title={t('system.servers')}
      count={all?.length}
      actions={
        <Button variant="primary" onClick={() => setAsked({ action: 'provide' })}>
          <Plus className="size-4" aria-hidden />
          {t('system.provide')}
        </Button>
      }
    >
      <div className="flex flex-wrap items-center gap-x-5 gap-y-2 px-6 pb-3 max-md:px-4">
        <SearchBox text={q} onText={onSearch} label={t('system.search_servers')} wait={0} />
        <CheckField
          label={<span className="font-normal">{t('system.only_troubled', { count: troubles })}</span>}
          checked={troubled}
          onChange={event => onTroubled(event.target.checked)}
          className="items-center py-1 [&_input]:mt-0"
        />
      </div>
      {servers.isPending && <ListSkeleton rows={8} />}
      {servers.isError && !all && (
        <LoadFailed
          title={t('servers.load_failed')}
          error={servers.error}
          busy={servers.isFetching}
          onRetry={() => void servers.refetch()}
        />
      )}
      {all?.length === 0 && (
        <FullState
          icon={<Server aria-hidden />}
          title={t('servers.none')}
          hint={t('system.no_servers_hint')}
          className="border-t"
        />
      )}
      {all && all.length > 0 && shown?.length === 0 && (
        <FullState
          icon={<SearchX aria-hidden />}
          title={q ? t('system.no_match', { text: q }) : t('system.no_trouble')}
          action={
            <Button
              onClick={() => {
                onSearch('')
                onTroubled(false)
              }}
            >
              {t('system.show_all')}
            </Button>
          }
          className="border-t"
        />
      )}
      {shown && shown.length > 0 && (
        <List servers={shown} onAction={(action, server) => setAsked({ action, server })} />
      )}
      {asked?.action === 'provide' && <ProvideSheet onClose={close} />}
      {asked?.action === 'edit' && <EditProvidedSheet server={asked.server} pin={asked.pin ?? null} onClose={close} />}
      {asked?.action === 'delete' && <DeleteProvided server={asked.server} onClose={close} />}
      {asked?.action === 'test' && (
        <ProvidedTest
          server={asked.server}
          onTrust={pin => setAsked({ action: 'edit', server: asked.server, pin })}
          onClose={close}
        />
      )}
    </Page>
  )
}
