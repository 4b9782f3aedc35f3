import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowLeft, CalendarClock, Camera, Diff, Pencil, Server as ServerIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote, Note } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { LoadFailed, LoadMore, ScrollArea } from '@/components/list-state'
import { useDocumentTitle } from '@/components/page'
import { Section } from '@/components/section'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { Comparison } from '@/features/config-snapshots/comparison'
import { PlanDialog } from '@/features/config-snapshots/plan-dialog'
import { rhythmOf } from '@/features/config-snapshots/plan-form'
import { planQuery, snapshotsQuery, useTakeSnapshot } from '@/features/config-snapshots/queries'
import { SnapshotContent } from '@/features/config-snapshots/snapshot-content'
import { SnapshotList } from '@/features/config-snapshots/snapshot-list'
import { asApiError } from '@/lib/api/error'
import { serversQuery } from '@/lib/api/tenant-queries'
import type { ConfigPlan, ConfigSnapshot, Server, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatRelative, formatTime } from '@/lib/format'

/** What of the page is in its address: one snapshot to look at, or two to compare. */
export type ConfigurationSearch = { show?: string | undefined; from?: string | undefined; to?: string | undefined }

type PageProps = {
  tenant: Tenant
  server: string
  search: ConfigurationSearch
  onSearch: (search: ConfigurationSearch, replace?: boolean) => void
}

/** How a server was configured over time: what is kept, and what changed. */
export function ConfigurationPage({ tenant, server: id, search, onSearch }: PageProps) {
  const { t } = useTranslation()
  const query = useQuery(serversQuery(tenant.id))
  const server = query.data?.servers.find(one => one.id === id)
  const title = server ? t('configuration.title_of', { name: server.name }) : t('configuration.title')
  useDocumentTitle(title)
  return (
    <ScrollArea label={title} className="flex flex-col">
      <div className="flex w-full max-w-6xl flex-1 flex-col gap-5 px-6 py-4 max-md:px-4">
        <Link
          to="/t/$slug/servers/$server"
          params={{ slug: tenant.slug, server: id }}
          className="inline-flex min-h-6 w-fit min-w-0 max-w-full items-center gap-1.5 rounded text-muted hover:text-text"
        >
          <ArrowLeft className="size-4 shrink-0" aria-hidden />
          <span className="truncate">{server?.name ?? t('servers.title')}</span>
        </Link>
        <h1 className="break-words font-semibold text-title">{title}</h1>
        {query.isPending && <PageSkeleton />}
        {query.isError && !query.data && (
          <LoadFailed
            title={t('servers.load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {query.data && !server && (
          <FullState
            icon={<ServerIcon aria-hidden />}
            title={t('explorer.servers_gone')}
            hint={t('configuration.gone_hint')}
          />
        )}
        {server?.origin === 'provided' && (
          <FullState
            icon={<ServerIcon aria-hidden />}
            title={t('explorer.provided', { name: server.name })}
            hint={t('configuration.provided_hint')}
          />
        )}
        {server && server.origin !== 'provided' && (
          <Kept tenant={tenant} server={server} search={search} onSearch={onSearch} />
        )}
      </div>
    </ScrollArea>
  )
}

type KeptProps = { tenant: Tenant; server: Server } & Pick<PageProps, 'search' | 'onSearch'>

function Kept({ tenant, server, search, onSearch }: KeptProps) {
  const snapshots = useInfiniteQuery(snapshotsQuery(tenant.id, server.id))
  const all = snapshots.data?.pages.flatMap(page => page.snapshots)
  const [editing, setEditing] = useState(false)
  const { show, from, to } = search
  const back = () => onSearch({})
  if (show) return <SnapshotContent tenant={tenant.id} server={server.id} snapshot={show} onBack={back} />
  if (from && to) {
    return (
      <Comparison
        tenant={tenant.id}
        server={server.id}
        from={from}
        to={to}
        snapshots={all ?? []}
        onCompare={(before, after) => onSearch({ from: before, to: after }, true)}
        onBack={back}
      />
    )
  }
  return (
    <>
      <PlanSection tenant={tenant} server={server} editing={editing} onEdit={setEditing} />
      <Snapshots
        tenant={tenant}
        server={server}
        query={snapshots}
        all={all}
        onSearch={onSearch}
        onPlan={() => setEditing(true)}
      />
    </>
  )
}

type PlanSectionProps = { tenant: Tenant; server: Server; editing: boolean; onEdit: (editing: boolean) => void }

function PlanSection({ tenant, server, editing, onEdit }: PlanSectionProps) {
  const { t } = useTranslation()
  const query = useQuery(planQuery(tenant.id, server.id))
  const plan = query.data
  const may = tenant.may.write_pve
  return (
    <Section
      title={t('configuration.plan')}
      aside={
        plan && (
          <Reason text={may ? undefined : t('configuration.read_only')}>
            <Button size="sm" disabled={!may} onClick={() => onEdit(true)}>
              <Pencil className="size-4" aria-hidden />
              {t('configuration.edit_plan')}
            </Button>
          </Reason>
        )
      }
    >
      {query.isPending && <Skeleton className="h-24 rounded-card" />}
      {query.isError && !plan && (
        <ErrorNote
          error={query.error}
          action={
            <Button size="sm" busy={query.isFetching} onClick={() => void query.refetch()}>
              {t('common.try_again')}
            </Button>
          }
        />
      )}
      {plan && <Plan plan={plan} />}
      {plan && editing && (
        <PlanDialog tenant={tenant.id} server={server.id} plan={plan} onClose={() => onEdit(false)} />
      )}
    </Section>
  )
}

/** So many paths show at first. */
const FEW = 6

function Plan({ plan }: { plan: ConfigPlan }) {
  const { t, i18n } = useTranslation()
  const now = useNow(10_000)
  const [all, setAll] = useState(false)
  const rhythm = rhythmOf(plan.every_hours)
  const next = plan.next_at ? Date.parse(plan.next_at) : null
  const shown = all ? plan.paths : plan.paths.slice(0, FEW)
  return (
    <div className="flex flex-col gap-2.5 rounded-card border px-4 py-3">
      <p className="flex items-start gap-2">
        <CalendarClock className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
        <span className="min-w-0">
          {plan.version === 0
            ? t('configuration.not_planned')
            : rhythm === 'own'
              ? t('configuration.every', { count: plan.every_hours ?? 0 })
              : t(`configuration.rhythm_${rhythm}`)}
          {next !== null && plan.version > 0 && (
            <span className="text-muted" title={formatTime(next, i18n.language)}>
              {' · '}
              {next > now
                ? t('configuration.next', { time: formatRelative(next, now, i18n.language) })
                : t('configuration.due')}
            </span>
          )}
        </span>
      </p>
      <ul aria-label={t('configuration.paths')} className="flex flex-wrap gap-1.5">
        {shown.map(path => (
          <li key={path} className="min-w-0 break-all rounded bg-hover px-1.5 py-0.5 font-mono text-xs">
            {path}
          </li>
        ))}
        {plan.paths.length > FEW && (
          <li>
            <button
              type="button"
              aria-expanded={all}
              onClick={() => setAll(!all)}
              className="min-h-6 rounded px-1.5 text-primary-text text-xs hover:underline"
            >
              {all ? t('explorer.less') : t('configuration.more_paths', { count: plan.paths.length - FEW })}
            </button>
          </li>
        )}
      </ul>
    </div>
  )
}

type SnapshotsProps = {
  tenant: Tenant
  server: Server
  query: ReturnType<typeof useInfiniteQuery> & Parameters<typeof LoadMore>[0]['query']
  all: ConfigSnapshot[] | undefined
  onSearch: PageProps['onSearch']
  onPlan: () => void
}

function Snapshots({ tenant, server, query, all, onSearch, onPlan }: SnapshotsProps) {
  const { t } = useTranslation()
  const [picked, setPicked] = useState<readonly string[]>([])
  const chosen = all?.filter(one => picked.includes(one.id)) ?? []
  const [newer, older] = chosen
  const compare = (from: ConfigSnapshot, to: ConfigSnapshot) => onSearch({ from: from.id, to: to.id })
  // The third one takes the place of the first.
  const pick = (id: string, on: boolean) => setPicked(on ? [...picked, id].slice(-2) : picked.filter(one => one !== id))
  const take = <TakeButton tenant={tenant} server={server} />
  const unplanned = useQuery(planQuery(tenant.id, server.id)).data?.version === 0
  return (
    <Section
      title={t('configuration.snapshots')}
      {...(all && { count: all.length })}
      aside={
        <>
          {all && all.length > 1 && (
            <Reason text={newer && older ? undefined : t('configuration.choose_two')}>
              <Button size="sm" disabled={!newer || !older} onClick={() => newer && older && compare(older, newer)}>
                <Diff className="size-4" aria-hidden />
                {t('configuration.compare')}
              </Button>
            </Reason>
          )}
          {all && all.length > 0 && take}
        </>
      }
    >
      {query.isPending && <ListPlaceholder />}
      {query.isError && !all && (
        <LoadFailed
          title={t('configuration.list_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {all?.length === 0 && (
        <FullState
          icon={<Camera aria-hidden />}
          title={t('configuration.none')}
          hint={t(unplanned ? 'configuration.none_planned' : 'configuration.none_hint')}
          action={
            unplanned && tenant.may.write_pve ? (
              <Button variant="primary" onClick={onPlan}>
                {t('configuration.plan_now')}
              </Button>
            ) : (
              take
            )
          }
          className="rounded-card border py-10"
        />
      )}
      {all && all.length > 0 && (
        <SnapshotList
          tenant={tenant.id}
          server={server.id}
          snapshots={all}
          more={query.hasNextPage}
          mayDelete={tenant.may.delete_servers}
          picked={picked}
          onPick={pick}
          onShow={one => onSearch({ show: one.id })}
          onCompare={compare}
        />
      )}
      <LoadMore query={query} />
    </Section>
  )
}

/** Asks PVE for all paths now. */
function TakeButton({ tenant, server }: { tenant: Tenant; server: Server }): ReactNode {
  const { t } = useTranslation()
  const plan = useQuery(planQuery(tenant.id, server.id)).data
  const take = useTakeSnapshot(tenant.id, server.id)
  const reason = !tenant.may.write_pve
    ? t('configuration.read_only')
    : !server.is_active
      ? t('configuration.server_off')
      : plan?.version === 0
        ? t('configuration.plan_first')
        : undefined
  return (
    <div className="flex flex-col items-end gap-2">
      <Reason text={reason}>
        <Button
          size="sm"
          variant="primary"
          busy={take.isPending}
          disabled={reason !== undefined}
          onClick={() =>
            take.mutate(undefined, {
              onSuccess: ({ changed }) =>
                toast.success(t(changed ? 'configuration.taken_changed' : 'configuration.taken_same')),
            })
          }
        >
          {!take.isPending && <Camera className="size-4" aria-hidden />}
          {t('configuration.take')}
        </Button>
      </Reason>
      {take.isError &&
        (asApiError(take.error).code === 'too_large' ? (
          <Note>{t('configuration.too_large')}</Note>
        ) : (
          <ErrorNote error={take.error} />
        ))}
    </div>
  )
}

function ListPlaceholder() {
  const { t } = useTranslation()
  return (
    <div role="status">
      <span className="sr-only">{t('common.loading')}</span>
      <Skeleton className="h-60 rounded-card" />
    </div>
  )
}

function PageSkeleton() {
  return (
    <>
      <Skeleton className="h-24 w-full" />
      <ListPlaceholder />
    </>
  )
}
