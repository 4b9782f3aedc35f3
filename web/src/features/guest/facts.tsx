import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Section } from '@/components/section'
import { Badge } from '@/components/ui/badge'
import { configQuery } from '@/features/guest/queries'
import { systemName } from '@/features/guest/words'
import type { Guest, ServerBrief, Tenant } from '@/lib/api/types'
import { formatBytes, formatNumber } from '@/lib/format'
import { refOf } from '@/lib/guest-key'

type FactsProps = { tenant: Tenant; slug: string; guest: Guest; server: ServerBrief | undefined }

/** What the guest is and where it belongs. */
export function Facts({ tenant, slug, guest, server }: FactsProps) {
  const { t, i18n } = useTranslation()
  const { data: config } = useQuery(configQuery(tenant.id, refOf(guest)))
  const filter = (text: string) => ({ to: '/t/$slug/guests', params: { slug }, search: { q: text } }) as const
  return (
    <Section title={t('guest_page.facts')}>
      <dl className="rounded-card border bg-raised py-1 text-table">
        <Fact label={t('guest_page.kind')}>
          {t(`guest.type_${guest.type}_long`)} <span className="nums font-mono text-xs">{guest.vmid}</span>
        </Fact>
        {config?.os_type && <Fact label={t('guest_page.system')}>{systemName(config.os_type)}</Fact>}
        <Fact label={t('guest_page.server')}>
          {tenant.may.see_servers ? (
            <Link
              to="/t/$slug/servers/$server"
              params={{ slug, server: guest.server.id }}
              className="rounded text-primary-text hover:underline"
            >
              {guest.server.name}
            </Link>
          ) : (
            guest.server.name
          )}
        </Fact>
        {guest.node && (
          <Fact label={t('guest_page.node')}>
            <Link {...filter(`node:${quoted(guest.node)}`)} className="rounded text-primary-text hover:underline">
              {guest.node}
            </Link>
          </Fact>
        )}
        {server?.tailscale && (
          <Fact label={t('guest_page.way')}>
            {server.tailscale_host
              ? t('guest_page.tailscale_of', { host: server.tailscale_host })
              : t('guest_page.tailscale')}
          </Fact>
        )}
        {guest.pool && (
          <Fact label={t('guest_page.pool')}>
            <Link {...filter(`pool:${quoted(guest.pool)}`)} className="rounded text-primary-text hover:underline">
              {guest.pool}
            </Link>
          </Fact>
        )}
        {guest.ha_state && <Fact label={t('guest_page.ha_label')}>{guest.ha_state}</Fact>}
        {guest.max_cpu != null && (
          <Fact label={t('column.cpu')}>{t('guest_page.cores', { count: guest.max_cpu })}</Fact>
        )}
        {guest.max_memory_bytes != null && (
          <Fact label={t('column.memory')}>{formatBytes(guest.max_memory_bytes, i18n.language)}</Fact>
        )}
        {config && (
          <Fact label={t('guest_page.at_boot')}>
            {config.starts_at_boot ? t('guest_page.yes') : t('guest_page.no')}
          </Fact>
        )}
        {config?.protected && <Fact label={t('guest_page.protection')}>{t('guest_page.protected')}</Fact>}
        <Fact label={t('column.tags')}>
          {guest.tags.length === 0 ? (
            <span className="text-muted">{t('guest_page.no_tags')}</span>
          ) : (
            <ul className="flex max-h-44 flex-wrap gap-1 overflow-y-auto" aria-label={t('column.tags')}>
              {guest.tags.map(tag => (
                <li key={tag} className="min-w-0 max-w-full">
                  <Link {...filter(`tag:${quoted(tag)}`)} className="inline-flex max-w-full rounded py-0.5" title={tag}>
                    <Badge className="min-w-0 shrink! hover:bg-border">
                      <span className="truncate">{tag}</span>
                    </Badge>
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {guest.tags.length > MANY && (
            <span className="nums mt-1 block text-muted text-xs">
              {t('guest_page.tags_count', { shown: formatNumber(guest.tags.length, i18n.language) })}
            </span>
          )}
        </Fact>
      </dl>
    </Section>
  )
}

/** From here on the number of tags is worth saying. */
const MANY = 20

function quoted(text: string): string {
  return /[\s,"]/.test(text) ? `"${text}"` : text
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[7.5rem_minmax(0,1fr)] gap-3 px-4 py-1.5">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  )
}
