import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Braces,
  FileQuestion,
  FileWarning,
  FileX,
  History,
  ListTree,
  RefreshCw,
  Server as ServerIcon,
  Star,
} from 'lucide-react'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { ListSkeleton, LoadFailed, ScrollArea } from '@/components/list-state'
import { Page } from '@/components/page'
import { TimeAgo } from '@/components/time-ago'
import { Button, buttonClass } from '@/components/ui/button'
import { Choices } from '@/components/ui/choices'
import { Skeleton } from '@/components/ui/skeleton'
import { ApiPaths } from '@/features/explorer/api-tree'
import { CallHistory, Favourites } from '@/features/explorer/call-lists'
import { CallView } from '@/features/explorer/call-view'
import type { Call } from '@/features/explorer/commands'
import { DestroyDialog } from '@/features/explorer/destroy-dialog'
import { byMethod } from '@/features/explorer/form'
import { callsQuery, schemaQuery, useFreshSchema } from '@/features/explorer/queries'
import { useSuggestions } from '@/features/explorer/suggestions'
import { buildTree } from '@/features/explorer/tree'
import { useCalls } from '@/features/explorer/use-calls'
import { asApiError } from '@/lib/api/error'
import { serversQuery } from '@/lib/api/tenant-queries'
import type { PveMethod, PveMethodInfo, PveSchema, Server, Tenant } from '@/lib/api/types'
import { cn } from '@/lib/cn'
import { useShortcuts } from '@/lib/shortcuts'

/** What of the page is in its address. */
export type ExplorerSearch = {
  server?: string | undefined
  path?: string | undefined
  method?: PveMethod | undefined
  q?: string | undefined
}

type ExplorerProps = {
  tenant: Tenant
  search: ExplorerSearch
  /** `replace` is false for what a person may want to come back from. */
  onSearch: (change: ExplorerSearch, replace?: boolean) => void
}

/** The API of PVE as each server describes it itself: looked through, tried, and copied. */
export function ExplorerPage({ tenant, search, onSearch }: ExplorerProps) {
  const { t } = useTranslation()
  const query = useQuery(serversQuery(tenant.id))
  const servers = query.data?.servers
  const server = servers?.find(one => one.id === search.server) ?? (search.server ? undefined : servers?.find(isOpen))
  return (
    <Page
      title={t('explorer.title')}
      actions={
        servers &&
        servers.length > 0 && (
          <ServerChoice servers={servers} server={server} onServer={id => onSearch({ server: id }, false)} />
        )
      }
    >
      <div className="flex min-h-0 flex-1 flex-col border-t">
        {query.isPending && <ExplorerSkeleton />}
        {query.isError && !servers && (
          <LoadFailed
            title={t('servers.load_failed')}
            error={query.error}
            busy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        )}
        {servers && !server && (
          <NoServer tenant={tenant} unknown={search.server !== undefined} none={servers.length === 0} />
        )}
        {server && !isOpen(server) && <Closed server={server} />}
        {server && isOpen(server) && (
          <OneServer
            key={tenant.id}
            tenant={tenant.id}
            server={server}
            servers={servers ?? []}
            search={search}
            onSearch={onSearch}
          />
        )}
      </div>
    </Page>
  )
}

const isOpen = (server: Server) => server.is_active && server.origin !== 'provided'

type ChoiceProps = { servers: Server[]; server: Server | undefined; onServer: (id: string) => void }

function ServerChoice({ servers, server, onServer }: ChoiceProps) {
  const { t } = useTranslation()
  return (
    <label className="flex min-w-0 items-center gap-2 max-md:w-full">
      <span className="text-muted text-table max-sm:sr-only">{t('explorer.server')}</span>
      <select
        value={server?.id ?? ''}
        onChange={event => onServer(event.target.value)}
        className="h-8 min-w-0 max-w-64 truncate rounded-control border border-input bg-background px-2 max-md:h-10 max-md:w-full max-md:max-w-none"
      >
        {!server && <option value="">{t('explorer.choose')}</option>}
        {servers.map(one => (
          <option key={one.id} value={one.id} disabled={!isOpen(one)}>
            {one.name}
            {one.origin === 'provided'
              ? ` · ${t('servers.origin_provided')}`
              : !one.is_active && ` · ${t('servers.inactive')}`}
          </option>
        ))}
      </select>
    </label>
  )
}

type OneProps = {
  tenant: string
  server: Server
  servers: Server[]
  search: ExplorerSearch
  onSearch: ExplorerProps['onSearch']
}

function OneServer({ tenant, server, servers, search, onSearch }: OneProps) {
  const query = useQuery(schemaQuery(tenant, server.id))
  const fresh = useFreshSchema(tenant, server.id)
  if (query.isPending) return <ExplorerSkeleton />
  if (!query.data) {
    return <NoSchema server={server} error={query.error} busy={query.isFetching} onRetry={() => void query.refetch()} />
  }
  return (
    <Explorer
      tenant={tenant}
      server={server}
      servers={servers}
      schema={query.data}
      search={search}
      onSearch={onSearch}
      note={<SchemaNote schema={query.data} fresh={fresh} />}
    />
  )
}

function SchemaNote({ schema, fresh }: { schema: PveSchema; fresh: ReturnType<typeof useFreshSchema> }) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col border-t">
      {fresh.isError && <ErrorNote error={fresh.error} className="m-2" />}
      <div className="flex items-center gap-2 px-3 py-1 text-muted text-xs">
        <span className="min-w-0 flex-1 truncate">
          {schema.version ? t('explorer.schema_of', { version: schema.version }) : t('explorer.schema')}
          {' · '}
          <TimeAgo at={schema.fetched_at} never="" />
        </span>
        <Button
          size="icon-sm"
          variant="ghost"
          busy={fresh.isPending}
          aria-label={t('explorer.read_again')}
          title={t('explorer.read_again')}
          onClick={() => fresh.mutate()}
        >
          {!fresh.isPending && <RefreshCw className="size-3.5" aria-hidden />}
        </Button>
      </div>
    </div>
  )
}

type Side = 'paths' | 'favourites' | 'history'
type InnerProps = OneProps & { schema: PveSchema; note: ReactNode }

function Explorer({ tenant, server, servers, schema, search, onSearch, note }: InnerProps) {
  const { t } = useTranslation()
  const [side, setSide] = useState<Side>('paths')
  const [asking, setAsking] = useState<{ info: PveMethodInfo; call: Call }>()
  const searchRef = useRef<HTMLInputElement>(null)
  const tree = useMemo(() => buildTree(schema.paths), [schema])
  const path = search.path
  const history = useQuery(callsQuery(tenant)).data
  const { suggest, guests } = useSuggestions(tenant, server.id, path ?? '', history)
  const calls = useCalls(tenant, server.id, guests)
  const node = path === undefined ? undefined : tree.byPath.get(path)
  const first = node && byMethod(node.methods)[0]?.method
  const method = node?.methods.some(one => one.method === search.method) ? search.method : first
  const names = useMemo(() => new Map(servers.map(one => [one.id, one.name])), [servers])
  const goTo = (next: string | undefined, as?: PveMethod) => onSearch({ path: next, method: as }, false)
  useShortcuts('explorer.title', [
    {
      keys: ['/'],
      text: 'explorer.search',
      run: event => {
        event.preventDefault()
        setSide('paths')
        requestAnimationFrame(() => searchRef.current?.focus())
      },
    },
  ])
  const log = schema.paths.find(one => one.path === TASK_LOG)
  const showLog = (upid: string) => {
    calls.setPlace('node', upid.split(':')[1] ?? '')
    calls.setPlace('upid', upid)
    goTo(TASK_LOG, 'GET')
  }
  return (
    <div className="flex min-h-0 flex-1">
      <aside
        aria-label={t('explorer.calls')}
        className={cn(
          'flex min-h-0 w-80 shrink-0 flex-col border-r xl:w-96 max-lg:w-full max-lg:border-r-0',
          path !== undefined && 'max-lg:hidden',
        )}
      >
        <div className="px-3 pt-3">
          <Choices
            label={t('explorer.calls')}
            value={side}
            onChange={setSide}
            choices={SIDES.map(({ value, text, Icon }) => ({
              value,
              label: (
                <>
                  <Icon className="size-4 max-[22rem]:hidden" aria-hidden />
                  {t(text)}
                </>
              ),
            }))}
          />
        </div>
        {side === 'paths' && (
          <ApiPaths
            tree={tree}
            path={node?.path}
            onPath={next => goTo(next)}
            search={search.q ?? ''}
            onSearch={text => onSearch({ q: text || undefined })}
            searchRef={searchRef}
          />
        )}
        {side === 'favourites' && (
          <div className="flex min-h-0 flex-1 flex-col pt-3">
            <Favourites
              tenant={tenant}
              current={`${method ?? ''} ${path ?? ''}`}
              onChoose={one => goTo(one.path, one.method)}
            />
          </div>
        )}
        {side === 'history' && (
          <div className="flex min-h-0 flex-1 flex-col pt-3">
            <CallHistory
              tenant={tenant}
              servers={names}
              onChoose={call => {
                const template = calls.recall(schema.paths, call) ?? call.path
                const there = servers.some(one => one.id === call.server && isOpen(one))
                onSearch({ ...(there && { server: call.server }), path: template, method: call.method }, false)
              }}
            />
          </div>
        )}
        {side === 'paths' && note}
      </aside>
      <ScrollArea label={path ?? t('explorer.title')} className={cn(path === undefined && 'max-lg:hidden')}>
        {path === undefined && <Welcome />}
        {path !== undefined && !node && <UnknownPath path={path} server={server} onBack={() => goTo(undefined)} />}
        {node && (
          <CallView
            key={node.path}
            tenant={tenant}
            server={server.id}
            node={node}
            method={method}
            onMethod={next => onSearch({ method: next })}
            onPath={goTo}
            known={at => (tree.byPath.get(at)?.methods.length ?? 0) > 0}
            draft={calls.draftOf(method ?? 'GET', node.path)}
            onDraft={draft => calls.setDraft(method ?? 'GET', node.path, draft)}
            suggest={suggest}
            made={calls.madeOf(method ?? 'GET', node.path)}
            onRun={(info, call) => (info.destroys ? setAsking({ info, call }) : calls.run(node.path, call))}
            onTaskLog={log && showLog}
          />
        )}
      </ScrollArea>
      {asking && node && (
        <DestroyDialog
          {...asking}
          template={node.path}
          server={server.name}
          guests={guests}
          onClose={() => setAsking(undefined)}
          onConfirm={() => {
            setAsking(undefined)
            calls.run(node.path, asking.call)
          }}
        />
      )}
    </div>
  )
}

const TASK_LOG = '/nodes/{node}/tasks/{upid}/log'

const SIDES = [
  { value: 'paths', text: 'explorer.side_paths', Icon: ListTree },
  { value: 'favourites', text: 'explorer.favourites', Icon: Star },
  { value: 'history', text: 'explorer.history', Icon: History },
] as const

function Welcome() {
  const { t } = useTranslation()
  return <FullState icon={<Braces aria-hidden />} title={t('explorer.welcome')} hint={t('explorer.welcome_hint')} />
}

function UnknownPath({ path, server, onBack }: { path: string; server: Server; onBack: () => void }) {
  const { t } = useTranslation()
  return (
    <FullState
      icon={<FileQuestion aria-hidden />}
      title={t('explorer.unknown_path')}
      hint={
        <>
          <code className="break-all font-mono">{path}</code>
          <br />
          {t('explorer.unknown_path_hint', { name: server.name })}
        </>
      }
      action={<Button onClick={onBack}>{t('explorer.all_paths')}</Button>}
    />
  )
}

const SCHEMA_STATES = { no_schema: FileX, bad_schema: FileWarning, too_large: FileWarning } as const

type NoSchemaProps = { server: Server; error: unknown; busy: boolean; onRetry: () => void }

/** The server serves no schema, or one that cannot be read. */
function NoSchema({ server, error, busy, onRetry }: NoSchemaProps) {
  const { t } = useTranslation()
  const { code, message } = asApiError(error)
  if (code !== 'no_schema' && code !== 'bad_schema' && code !== 'too_large') {
    return <LoadFailed title={t('explorer.schema_failed')} error={error} busy={busy} onRetry={onRetry} />
  }
  const Icon = SCHEMA_STATES[code]
  return (
    <FullState
      icon={<Icon aria-hidden />}
      title={t(`explorer.${code}`, { name: server.name })}
      hint={
        <>
          {t(`explorer.${code}_hint`)}
          {message && <code className="mt-2 block break-words font-mono text-xs">{message}</code>}
        </>
      }
      action={
        <Button variant="primary" busy={busy} onClick={onRetry}>
          {t('common.try_again')}
        </Button>
      }
    />
  )
}

/** Provided servers are closed here, and what is switched off is not asked. */
function Closed({ server }: { server: Server }) {
  const { t } = useTranslation()
  const provided = server.origin === 'provided'
  return (
    <FullState
      icon={<ServerIcon aria-hidden />}
      title={t(provided ? 'explorer.provided' : 'explorer.switched_off', { name: server.name })}
      hint={t(provided ? 'explorer.provided_hint' : 'explorer.switched_off_hint')}
    />
  )
}

function NoServer({ tenant, unknown, none }: { tenant: Tenant; unknown: boolean; none: boolean }) {
  const { t } = useTranslation()
  const kind = none ? 'none' : unknown ? 'gone' : 'closed'
  return (
    <FullState
      icon={<ServerIcon aria-hidden />}
      title={t(`explorer.servers_${kind}`)}
      hint={t(`explorer.servers_${kind}_hint`)}
      action={
        kind !== 'gone' &&
        tenant.may.manage_servers && (
          <Link
            to="/t/$slug/servers"
            params={{ slug: tenant.slug }}
            search={{ add: true }}
            className={buttonClass('primary')}
          >
            {t('servers.add')}
          </Link>
        )
      }
    />
  )
}

function ExplorerSkeleton() {
  return (
    <div className="flex min-h-0 flex-1">
      <div className="w-80 shrink-0 border-r xl:w-96 max-lg:w-full max-lg:border-r-0">
        <ListSkeleton rows={12} />
      </div>
      <div className="flex flex-1 flex-col gap-4 p-6 max-lg:hidden">
        <Skeleton className="h-6 w-72" />
        <Skeleton className="h-8 w-40" />
        <Skeleton className="h-24 w-full max-w-3xl" />
      </div>
    </div>
  )
}
