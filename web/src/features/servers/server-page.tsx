import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity, ArrowLeft, Braces, CircleCheck, FileDiff, Layers, Pencil, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadFailed, ScrollArea } from '@/components/list-state'
import { useDocumentTitle } from '@/components/page'
import { TimeAgo } from '@/components/time-ago'
import { TlsBadge } from '@/components/tls-badge'
import { Badge } from '@/components/ui/badge'
import { Button, buttonClass } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { serverQuery } from '@/features/servers/queries'
import { ServerBadges, ServerState } from '@/features/servers/server-badges'
import { ServerChecks } from '@/features/servers/server-checks'
import { Checks, ServerMenu } from '@/features/servers/server-list'
import { WayList } from '@/features/servers/server-ways'
import { type ServerActions, useServerActions } from '@/features/servers/use-server-actions'
import { serversQuery } from '@/lib/api/tenant-queries'
import type { MetricSpan, Server, ServerConnection, Tenant } from '@/lib/api/types'
import { formatDate, formatDuration } from '@/lib/format'

type PageProps = {
  tenant: Tenant
  slug: string
  server: string
  /** Of the charts; it lives in the address. */
  span: MetricSpan
  onSpan: (span: MetricSpan) => void
  onGone: () => void
}

/** One server: how it is reached, and how each way to it has been doing. */
export function ServerPage({ tenant, slug, server: id, span, onSpan, onGone }: PageProps) {
  const { t } = useTranslation()
  const query = useQuery(serverQuery(tenant.id, id))
  const slots = useQuery(serversQuery(tenant.id)).data?.slots
  const { actions, dialog } = useServerActions(tenant, slots, onGone)
  const server = query.data
  useDocumentTitle(server?.name ?? t('servers.title'))
  return (
    <ScrollArea label={server?.name ?? t('servers.title')} className="flex flex-col">
      <div className="flex w-full max-w-6xl flex-1 flex-col gap-5 px-6 py-4 max-md:px-4">
        <Link
          to="/t/$slug/servers"
          params={{ slug }}
          className="inline-flex min-h-6 w-fit items-center gap-1.5 rounded text-muted hover:text-text"
        >
          <ArrowLeft className="size-4" aria-hidden />
          {t('servers.title')}
        </Link>
        {query.isPending && <PageSkeleton />}
        {query.isError && !server && (
          <LoadFailed
            title={t('servers.one_load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {server && (
          <>
            <Head tenant={tenant} server={server} actions={actions} />
            {server.origin === 'provided' && <p className="text-muted">{t('servers.provided_line')}</p>}
            <ServerChecks tenant={tenant} server={server} span={span} onSpan={onSpan} />
            {server.origin !== 'provided' && <Parts server={server} asOf={query.dataUpdatedAt} />}
          </>
        )}
      </div>
      {dialog}
    </ScrollArea>
  )
}

function Head({ tenant, server, actions }: { tenant: Tenant; server: Server; actions: ServerActions }) {
  const { t } = useTranslation()
  const { may, same_cluster_as: same } = server
  return (
    <header className="flex flex-col gap-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="flex min-w-0 flex-1 basis-72 flex-col gap-1">
          <h1 className="break-words font-semibold text-title">{server.name}</h1>
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <ServerState server={server} />
            <ServerBadges server={server} />
          </div>
        </div>
        <div className="flex flex-wrap items-center gap-2">
          {tenant.may.read_pve && server.origin !== 'provided' && <PveLinks slug={tenant.slug} server={server} />}
          {may.test && (
            <Button disabled={!server.is_active} onClick={() => actions.test(server)}>
              <Activity className="size-4" aria-hidden />
              {t('servers.test')}
            </Button>
          )}
          {may.edit && (
            <Button onClick={() => actions.edit(server)}>
              <Pencil className="size-4" aria-hidden />
              {t('servers.edit')}
            </Button>
          )}
          {server.origin !== 'provided' && <ServerMenu server={server} actions={actions} />}
        </div>
      </div>
      {server.is_active && server.status_detail && server.status !== 'online' && (
        <Line>
          <span className="break-words">{server.status_detail}</span>
        </Line>
      )}
      {same && (
        <Line icon={<Layers className="size-4 text-primary-text" aria-hidden />}>
          <span className="flex-1">{t('servers.same_cluster', { name: same.name })}</span>
          <Button size="sm" onClick={() => actions.same(server)}>
            {t('servers.same_open')}
          </Button>
        </Line>
      )}
    </header>
  )
}

/** To what PVE itself says: how it is configured, and its API. */
function PveLinks({ slug, server }: { slug: string; server: Server }) {
  const { t } = useTranslation()
  return (
    <>
      <Link to="/t/$slug/servers/$server/configuration" params={{ slug, server: server.id }} className={buttonClass()}>
        <FileDiff className="size-4" aria-hidden />
        {t('servers.configuration')}
      </Link>
      {server.is_active && (
        <Link to="/t/$slug/explorer" params={{ slug }} search={{ server: server.id }} className={buttonClass()}>
          <Braces className="size-4" aria-hidden />
          {t('servers.explorer')}
        </Link>
      )}
    </>
  )
}

function Line({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <div className="flex items-center gap-2.5 rounded-card border bg-surface px-3 py-2">
      {icon ?? <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-hidden />}
      {children}
    </div>
  )
}

function Parts({ server, asOf }: { server: Server; asOf: number }) {
  const { t } = useTranslation()
  const { connection, health } = server
  return (
    <>
      <Part title={t('servers.ways')}>
        {health && health.ways.length > 0 ? (
          <WayList ways={health.ways} asOf={asOf} />
        ) : (
          <p className="text-muted">{t('servers.not_asked_yet')}</p>
        )}
      </Part>
      {health && health.nodes.length > 0 && (
        <Part title={t('servers.nodes_out')} lead={t('servers.nodes_out_lead')}>
          <ul className="flex flex-col divide-y rounded-card border">
            {health.nodes.map(node => (
              <li key={node.node} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-table">
                <span className="font-medium">{node.node}</span>
                <span className="min-w-0 flex-1 break-words text-muted">{node.cause}</span>
                <span className="nums text-warning-text">
                  {t('servers.retry_in', { time: formatDuration(Math.ceil(node.retry_in_ms / 1000)) })}
                </span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {connection && <Fallbacks connection={connection} inUse={health?.fallback_in_use} />}
      <Part title={t('servers.facts')}>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-6 gap-y-2 text-table">
          <Fact name={t('servers.column_checks')}>
            <Checks server={server} />
          </Fact>
          <Fact name={t('servers.column_data')}>
            <TimeAgo at={server.data_at} never={t('servers.never')} />
          </Fact>
          <Fact name={t('servers.column_version')}>{server.pve_version ?? '–'}</Fact>
          {connection && <ConnectionFacts connection={connection} />}
          {server.notes && (
            <Fact name={t('servers.notes')}>
              <span className="whitespace-pre-line break-words">{server.notes}</span>
            </Fact>
          )}
        </dl>
      </Part>
    </>
  )
}

function Fallbacks({ connection, inUse }: { connection: ServerConnection; inUse: string | null | undefined }) {
  const { t } = useTranslation()
  const { use_fallbacks: used, fallbacks } = connection
  return (
    <Part
      title={t('servers.fallbacks')}
      lead={fallbacks.length === 0 ? undefined : used ? t('servers.fallbacks_on') : t('servers.fallbacks_off')}
    >
      {fallbacks.length === 0 ? (
        <p className="text-muted text-table">{t('servers.fallbacks_none')}</p>
      ) : (
        <ul className="flex flex-wrap gap-2">
          {fallbacks.map(({ node, host, port }) => (
            <li key={node} className="flex items-center gap-2 rounded-card border px-3 py-1.5 text-table">
              <span className="font-medium">{node}</span>
              <span className="font-mono text-muted">
                {host}:{port}
              </span>
              {inUse === node && <Badge tone="warning">{t('servers.in_use')}</Badge>}
            </li>
          ))}
        </ul>
      )}
    </Part>
  )
}

function ConnectionFacts({ connection }: { connection: ServerConnection }) {
  const { t, i18n } = useTranslation()
  const { tls, token_expires_at: expires } = connection
  return (
    <>
      <Fact name={t('servers.column_certificate')}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <TlsBadge tls={tls} />
          {tls.mode === 'pin' && (
            <span className="select-all break-all font-mono text-muted text-xs">{tls.fingerprint}</span>
          )}
        </span>
      </Fact>
      <Fact name={t('servers.column_token')}>
        <span className="break-all font-mono">{connection.token_id}</span>
        <span className="text-muted">
          {' · '}
          {expires ? t('servers.until', { date: formatDate(expires, i18n.language) }) : t('servers.no_end')}
        </span>
      </Fact>
      <Fact name={t('servers.node_shell')}>
        {connection.node_shell ? (
          <span className="inline-flex items-center gap-1.5">
            <CircleCheck className="size-4 text-success-text" aria-hidden />
            {t('servers.allowed')}
          </span>
        ) : (
          <span className="text-muted">{t('servers.not_allowed')}</span>
        )}
      </Fact>
    </>
  )
}

function Part({ title, lead, children }: { title: string; lead?: string | undefined; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-2.5">
      <div>
        <h2 className="font-semibold">{title}</h2>
        {lead && <p className="text-muted text-table">{lead}</p>}
      </div>
      {children}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="self-start text-muted">{name}</dt>
      <dd className="nums min-w-0">{children}</dd>
    </>
  )
}

function PageSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-5">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className="h-7 w-60" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  )
}
