import { Link } from '@tanstack/react-router'
import { CircleCheck, CloudOff, Gauge, Percent, UserCheck, WifiOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Reason } from '@/components/ui/tooltip'
import { alertText } from '@/lib/alert-text'
import { useAcknowledgeAlert } from '@/lib/api/alert-queries'
import type { Alert, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { cn } from '@/lib/cn'
import { formatDuration, formatTime } from '@/lib/format'

type AlertRowProps = {
  tenant: Tenant
  alert: Alert
  /** The room at its sides, which the list around it decides. */
  className?: string
}

/** One alert of a list (`li`): what is wrong where, since when, who looks after it. */
export function AlertRow({ tenant, alert, className = 'px-6 max-md:px-4' }: AlertRowProps) {
  const { t } = useTranslation()
  const acknowledge = useAcknowledgeAlert(tenant.id)
  const allowed = tenant.may.manage_servers
  const note = alert.rule === 'network' ? t('alerts.network_hint') : alert.detail
  return (
    <li className={cn('@container border-b py-2.5 text-table last:border-b-0', className)}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="flex min-w-0 flex-1 basis-72 items-start gap-3">
          <RuleIcon alert={alert} />
          <div className="min-w-0">
            <div className="break-words">
              <ServerName tenant={tenant} alert={alert} /> <span className="nums">{alertText(alert)}</span>
            </div>
            {note && <div className="line-clamp-2 break-words text-muted">{note}</div>}
            <Keeper alert={alert} />
          </div>
        </div>
        <div className="flex w-full items-center gap-x-4 pl-7 @2xl:w-auto @2xl:pl-0">
          <Since alert={alert} />
          {alert.state !== 'resolved' && (
            <>
              <span className="@2xl:w-24">
                <StateBadge state={alert.state} />
              </span>
              <span className="ml-auto text-right @2xl:w-28">
                {alert.state === 'open' && (
                  <Reason text={allowed ? undefined : t('alerts.acknowledge_forbidden')}>
                    <Button
                      size="sm"
                      disabled={!allowed}
                      busy={acknowledge.isPending}
                      onClick={() => acknowledge.mutate(alert.id)}
                    >
                      {t('alerts.acknowledge')}
                      <span className="sr-only">{alert.server_name}</span>
                    </Button>
                  </Reason>
                )}
              </span>
            </>
          )}
        </div>
      </div>
      {acknowledge.error && <ErrorNote error={acknowledge.error} className="mt-2" />}
    </li>
  )
}

const icons = { success_rate: Percent, latency: Gauge, offline: WifiOff, network: CloudOff } as const

/** Shape of the rule; red where nothing answers, amber where it is only bad, quiet when somebody looks after it. */
function RuleIcon({ alert: { rule, state } }: { alert: Alert }) {
  const Icon = state === 'resolved' ? CircleCheck : icons[rule]
  const grave = rule === 'offline' || rule === 'network'
  const colour =
    state === 'resolved'
      ? 'text-success-text'
      : state === 'acknowledged'
        ? 'text-muted'
        : grave
          ? 'text-destructive-text'
          : 'text-warning-text'
  return <Icon className={cn('mt-0.5 size-4 shrink-0', colour)} aria-hidden />
}

function ServerName({ tenant, alert }: Pick<AlertRowProps, 'tenant' | 'alert'>) {
  const { t } = useTranslation()
  const name = alert.server_name || t(alert.rule === 'network' ? 'alerts.network_name' : 'alerts.deleted_server')
  if (!alert.server) return <span className="mr-1 font-medium">{name}</span>
  return (
    <Link
      to="/t/$slug/servers/$server"
      params={{ slug: tenant.slug, server: alert.server }}
      className="mr-1 rounded font-medium hover:underline"
    >
      {name}
    </Link>
  )
}

function Keeper({ alert }: { alert: Alert }) {
  const { t, i18n } = useTranslation()
  if (!alert.acknowledged_at) return null
  return (
    <div
      className="mt-0.5 flex items-center gap-1.5 text-muted"
      title={formatTime(alert.acknowledged_at, i18n.language)}
    >
      <UserCheck className="size-3.5 shrink-0" aria-hidden />
      {!alert.acknowledged_by
        ? t('alerts.acknowledged')
        : alert.state === 'resolved'
          ? t('alerts.was_acknowledged_by', { name: alert.acknowledged_by })
          : t('alerts.acknowledged_by', { name: alert.acknowledged_by })}
    </div>
  )
}

/** How long it lasts or lasted; the exact times on hover. */
function Since({ alert }: { alert: Alert }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  const opened = Date.parse(alert.opened_at)
  const end = alert.resolved_at ? Date.parse(alert.resolved_at) : now
  const time = formatDuration(Math.max(0, end - opened) / 1000)
  const exact = formatTime(opened, i18n.language)
  return (
    <span className="nums whitespace-nowrap text-muted" title={t('alerts.opened_at', { time: exact })}>
      {alert.resolved_at ? `${exact} · ${t('alerts.lasted', { time })}` : t('alerts.for', { time })}
    </span>
  )
}

const tones = { open: 'destructive', acknowledged: 'neutral' } as const

function StateBadge({ state }: { state: keyof typeof tones }) {
  const { t } = useTranslation()
  return <Badge tone={tones[state]}>{t(`alerts.state_${state}`)}</Badge>
}
