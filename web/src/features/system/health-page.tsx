import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Check, CircleAlert, RotateCw, Square, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadFailed } from '@/components/list-state'
import { Page } from '@/components/page'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Skeleton } from '@/components/ui/skeleton'
import { MailTest } from '@/features/system/mail-test'
import { systemQuery } from '@/features/system/queries'
import type { BackgroundTask, Process, System } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatNumber, formatTime } from '@/lib/format'

/** How the installation is doing: figures, facts, and what runs behind everything. */
export function HealthPage() {
  const { t } = useTranslation()
  const system = useQuery(systemQuery)
  return (
    <Page title={t('system.health')}>
      <div className="min-h-0 flex-1 overflow-y-auto border-t">
        {system.isPending && <HealthSkeleton />}
        {system.isError && !system.data && (
          <LoadFailed
            title={t('system.health_failed')}
            error={system.error}
            busy={system.isFetching}
            onRetry={() => void system.refetch()}
          />
        )}
        {system.data && (
          <div className="flex max-w-6xl flex-col gap-8 p-6 max-md:gap-6 max-md:p-4">
            <Figures counts={system.data.counts} />
            <Facts system={system.data} />
            <MailTest mail={system.data.mail} />
            <Processes processes={system.data.processes} />
            <Tasks tasks={system.data.tasks} />
          </div>
        )}
      </div>
    </Page>
  )
}

function Figures({ counts }: { counts: System['counts'] }) {
  const { t } = useTranslation()
  const offline = counts.servers_offline
  return (
    <ul aria-label={t('system.figures')} className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
      <Figure label={t('system.tenants')} value={counts.tenants} to="/system/tenants" />
      <Figure label={t('system.users')} value={counts.users} to="/system/users" />
      <Figure
        label={t('system.servers')}
        value={counts.servers}
        to="/system/servers"
        note={offline > 0 && t('system.offline', { count: offline })}
        alarming={offline > 0}
      />
      <Figure label={t('guests.title')} value={counts.guests} />
      <Figure label={t('system.open_consoles')} value={counts.open_consoles} to="/system/consoles" />
      <Figure label={t('system.column_sessions')} value={counts.sessions} />
    </ul>
  )
}

type FigureProps = { label: string; value: number; to?: string; note?: ReactNode; alarming?: boolean }

function Figure({ label, value, to, note, alarming }: FigureProps) {
  const { i18n } = useTranslation()
  const face = (
    <>
      <span className="block truncate text-muted text-table">{label}</span>
      <span className="nums mt-1 block font-semibold text-[1.5rem]/8">{formatNumber(value, i18n.language)}</span>
      <span className={cn('block min-h-4.5 truncate text-table', alarming ? 'text-destructive-text' : 'text-muted')}>
        {note}
      </span>
    </>
  )
  const box = 'block h-full min-w-0 rounded-card border px-4 py-3'
  return (
    <li className="min-w-0">
      {to ? (
        <Link to={to} className={cn(box, 'hover:bg-hover')}>
          {face}
        </Link>
      ) : (
        <div className={box}>{face}</div>
      )}
    </li>
  )
}

function Facts({ system }: { system: System }) {
  const { t, i18n } = useTranslation()
  const now = useNow(30_000)
  const waiting = system.counts.mails_waiting
  return (
    <section aria-labelledby="facts">
      <h2 id="facts" className="mb-3 font-semibold">
        {t('system.installation')}
      </h2>
      <dl className="grid gap-x-8 gap-y-2 rounded-card border px-4 py-3 sm:grid-cols-[auto_minmax(0,1fr)]">
        <Fact name={t('servers.column_version')}>
          <span className="nums">{system.version}</span>
        </Fact>
        <Fact name={t('system.running_for')}>
          <span className="nums" title={formatTime(system.started_at, i18n.language)}>
            {formatDuration((now - Date.parse(system.started_at)) / 1000)}
          </span>
        </Fact>
        <Fact name={t('system.database')}>{system.database}</Fact>
        <Fact name={t('system.mail')}>
          {system.mail ? t('system.mail_on') : t('system.mail_off')}
          {waiting > 0 && <span className="text-muted"> · {t('system.mails_waiting', { count: waiting })}</span>}
        </Fact>
      </dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents max-sm:block">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words max-sm:mb-1">{children}</dd>
    </div>
  )
}

/** A process says that it is there every few seconds; one that was not heard of for this long is probably gone. */
const SILENT_MS = 60_000

/** What serves this installation. Each process asks some of the servers and takes over those of one that is gone. */
function Processes({ processes }: { processes: Process[] }) {
  const { t, i18n } = useTranslation()
  return (
    <section>
      <h2 id="processes" className="mb-1 font-semibold">
        {t('system.processes')}
      </h2>
      <p className="mb-3 text-muted text-table">{t('system.processes_hint')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on phones must be reachable by keyboard */}
      <section tabIndex={0} aria-label={t('system.processes')} className="overflow-x-auto rounded-card border">
        <table aria-labelledby="processes" className="w-full text-table">
          <thead className="border-b text-left text-muted">
            <tr className="h-9 [&>th]:whitespace-nowrap [&>th]:px-4 [&>th]:font-medium">
              <th scope="col">{t('system.host')}</th>
              <th scope="col">{t('servers.column_version')}</th>
              <th scope="col">{t('system.since')}</th>
              <th scope="col">{t('system.last_seen')}</th>
              <th scope="col" className="text-right">
                {t('system.servers')}
              </th>
            </tr>
          </thead>
          <tbody>
            {processes.map(process => (
              <tr key={process.id} className="h-10 border-b last:border-b-0 [&>td]:px-4 [&>td]:py-1.5">
                <td className="max-w-80">
                  <span className="flex items-center gap-2">
                    <span className="min-w-0 truncate font-mono" title={process.host}>
                      {process.host}
                    </span>
                    {process.this && <Badge tone="primary">{t('system.this_one')}</Badge>}
                  </span>
                </td>
                <td className="nums">{process.version}</td>
                <td>
                  <TimeAgo at={process.started_at} never="" />
                </td>
                <td>
                  <Seen at={process.seen_at} />
                </td>
                <td className={cn('nums text-right', process.servers === 0 && 'text-muted')}>
                  {formatNumber(process.servers, i18n.language)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function Seen({ at }: { at: string }) {
  const { t } = useTranslation()
  const silent = useNow(10_000) - Date.parse(at) > SILENT_MS
  if (!silent) return <TimeAgo at={at} never="" />
  return (
    <span className="inline-flex items-center gap-2" title={t('system.silent')}>
      <TriangleAlert className="size-4 shrink-0 text-warning-text" aria-label={t('system.silent')} />
      <TimeAgo at={at} never="" />
    </span>
  )
}

function Tasks({ tasks }: { tasks: BackgroundTask[] }) {
  const { t, i18n } = useTranslation()
  return (
    <section>
      <h2 id="tasks" className="mb-1 font-semibold">
        {t('system.tasks')}
      </h2>
      <p className="mb-3 text-muted text-table">{t('system.tasks_hint')}</p>
      {tasks.length === 0 ? (
        <p className="text-muted">{t('system.no_tasks')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways on phones must be reachable by keyboard
        <section tabIndex={0} aria-label={t('system.tasks')} className="overflow-x-auto rounded-card border">
          <table aria-labelledby="tasks" className="w-full text-table">
            <thead className="border-b text-left text-muted">
              <tr className="h-9 [&>th]:whitespace-nowrap [&>th]:px-4 [&>th]:font-medium">
                <th scope="col">{t('column.name')}</th>
                <th scope="col">{t('column.status')}</th>
                <th scope="col">{t('system.last_run')}</th>
                <th scope="col" className="text-right">
                  {t('system.failures')}
                </th>
              </tr>
            </thead>
            <tbody>
              {tasks.map(task => (
                <tr key={task.name} className="h-10 border-b last:border-b-0 [&>td]:px-4 [&>td]:py-1.5">
                  <td className="font-mono">
                    {task.name}
                    {task.error && (
                      <span className="block max-w-md break-words font-sans text-destructive-text">{task.error}</span>
                    )}
                  </td>
                  <td>
                    <TaskState state={task.state} />
                  </td>
                  <td>
                    <TimeAgo at={task.last_ok_at} never={t('system.not_yet')} />
                  </td>
                  <td className={cn('nums text-right', task.failures === 0 && 'text-muted')}>
                    {formatNumber(task.failures, i18n.language)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

const looks = {
  running: { Icon: Check, colour: 'text-success-text' },
  restarting: { Icon: RotateCw, colour: 'text-warning-text' },
  failed: { Icon: CircleAlert, colour: 'text-destructive-text' },
  stopped: { Icon: Square, colour: 'text-muted' },
} as const

function TaskState({ state }: { state: BackgroundTask['state'] }) {
  const { t } = useTranslation()
  const { Icon, colour } = looks[state]
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <Icon className={cn('size-4 shrink-0', colour)} aria-hidden />
      {t(`system.state_${state}`)}
    </span>
  )
}

function HealthSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="max-w-6xl p-6 max-md:p-4">
      <span className="sr-only">{t('common.loading')}</span>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3 lg:grid-cols-6">
        {['a', 'b', 'c', 'd', 'e', 'f'].map(figure => (
          <Skeleton key={figure} className="h-[6.25rem]" />
        ))}
      </div>
      <Skeleton className="mt-8 h-32 w-full" />
      <Skeleton className="mt-8 h-64 w-full" />
    </div>
  )
}
