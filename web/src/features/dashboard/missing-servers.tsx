import { Link } from '@tanstack/react-router'
import { Check, RotateCw, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useErrorText } from '@/components/error-note'
import { Section } from '@/components/section'
import { ServerStatus } from '@/components/server-status'
import { Button } from '@/components/ui/button'
import { useCheckServer } from '@/lib/api/live-queries'
import type { ServerBrief, Tenant } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDuration, formatMilliseconds, formatTime } from '@/lib/format'

const FIRST = 4

/** What could not be reached: which server, why, since when, and another try. */
export function MissingServers({ tenant, servers }: { tenant: Tenant; servers: ServerBrief[] }) {
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const shown = all ? servers : servers.slice(0, FIRST)
  return (
    <Section title={t('dashboard.missing')} count={servers.length}>
      <ul className="divide-y rounded-card border border-warning/40 bg-warning/5">
        {shown.map(server => (
          <MissingServer key={server.id} tenant={tenant} server={server} />
        ))}
      </ul>
      {servers.length > FIRST && (
        <Button size="sm" variant="ghost" className="self-start" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('dashboard.show_less') : t('dashboard.show_all', { count: servers.length })}
        </Button>
      )}
    </Section>
  )
}

function MissingServer({ tenant, server }: { tenant: Tenant; server: ServerBrief }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  const check = useCheckServer(tenant.id)
  const at = server.data_at ? Date.parse(server.data_at) : null
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2.5 text-table max-md:px-3">
      <div className="min-w-0 flex-1 basis-56">
        <div className="flex flex-wrap items-center gap-x-3">
          {tenant.may.see_servers ? (
            <Link
              to="/t/$slug/servers/$server"
              params={{ slug: tenant.slug, server: server.id }}
              title={server.name}
              className="min-w-0 max-w-full truncate rounded py-[3px] font-medium hover:underline"
            >
              {server.name}
            </Link>
          ) : (
            <span className="min-w-0 max-w-full truncate font-medium">{server.name}</span>
          )}
          <ServerStatus status={server.status} />
          <span className="nums text-muted" title={at === null ? undefined : formatTime(at, i18n.language)}>
            {at === null
              ? t('dashboard.never_read')
              : t('dashboard.last_data', { time: formatDuration(Math.max(0, now - at) / 1000) })}
          </span>
        </div>
        {server.error && <p className="break-words text-muted">{server.error}</p>}
        <CheckResult check={check} language={i18n.language} />
      </div>
      {tenant.may.manage_servers && (
        <Button size="sm" busy={check.isPending} onClick={() => check.mutate(server.id)}>
          {!check.isPending && <RotateCw className="size-3.5" aria-hidden />}
          {t('common.try_again')}
          <span className="sr-only">{server.name}</span>
        </Button>
      )}
    </li>
  )
}

function CheckResult({ check, language }: { check: ReturnType<typeof useCheckServer>; language: string }) {
  const { t } = useTranslation()
  const errorText = useErrorText()
  const { data, error } = check
  const time = data && formatMilliseconds(data.took_ms, language)
  return (
    <p role="status" className="flex items-start gap-1.5 empty:hidden">
      {data?.ok && (
        <>
          <Check className="mt-px size-4 shrink-0 text-success-text" aria-hidden />
          {t('dashboard.answers_again', { time })}
        </>
      )}
      {(error || (data && !data.ok)) && (
        <>
          <X className="mt-px size-4 shrink-0 text-destructive-text" aria-hidden />
          <span className="min-w-0 break-words">
            {error ? errorText(error) : t('dashboard.still_away', { time, error: data?.error ?? '' })}
          </span>
        </>
      )}
    </p>
  )
}
