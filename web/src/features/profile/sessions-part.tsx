import { useQuery } from '@tanstack/react-query'
import { Monitor, Smartphone } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { sessionsQuery, useEndOtherSessions, useEndSession } from '@/features/profile/queries'
import type { Session } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatRelative, formatTime } from '@/lib/format'
import { deviceOf } from '@/lib/user-agent'

/** Where this account is signed in; what one does not know can be ended. */
export function SessionsPart() {
  const { t } = useTranslation()
  const sessions = useQuery(sessionsQuery)
  const [ending, setEnding] = useState(false)
  if (sessions.isPending) return <Skeleton className="h-32 w-full" />
  if (!sessions.data) {
    return (
      <ErrorNote
        error={sessions.error}
        action={
          <Button size="sm" busy={sessions.isFetching} onClick={() => void sessions.refetch()}>
            {t('common.try_again')}
          </Button>
        }
      />
    )
  }
  const others = sessions.data.sessions.filter(session => !session.current).length
  return (
    <>
      <ul aria-label={t('profile.sessions')} className="divide-y rounded-card border">
        {sessions.data.sessions.map(session => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {others > 0 && (
        <div>
          <Button onClick={() => setEnding(true)}>{t('profile.end_others')}</Button>
        </div>
      )}
      {ending && <EndOthers count={others} onClose={() => setEnding(false)} />}
    </>
  )
}

function SessionRow({ session }: { session: Session }) {
  const { t, i18n } = useTranslation()
  const now = useNow(30_000)
  const end = useEndSession()
  const device = deviceOf(session.user_agent)
  const name = useDeviceName(session.user_agent)
  const Icon = device.small ? Smartphone : Monitor
  const used = Math.min(Date.parse(session.used_at), now)
  return (
    <li className="px-3 py-2.5">
      <div className="flex items-center gap-3">
        <Icon className="size-5 shrink-0 text-muted" aria-hidden />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <span className="font-medium" title={session.user_agent}>
              {name}
            </span>
            {session.current && <Badge tone="success">{t('profile.this_session')}</Badge>}
          </div>
          <div className="nums flex flex-wrap gap-x-3 text-muted text-table">
            <span className="break-all font-mono">{session.address}</span>
            {!session.current && (
              <span title={formatTime(used, i18n.language)}>
                {t('profile.used', { when: formatRelative(used, now, i18n.language) })}
              </span>
            )}
            <span>{t('profile.signed_in', { when: formatTime(session.created_at, i18n.language) })}</span>
          </div>
        </div>
        {!session.current && (
          <Button
            size="sm"
            busy={end.isPending}
            onClick={() => end.mutate(session.id)}
            aria-label={t('profile.end_of', { name })}
          >
            {t('profile.end')}
          </Button>
        )}
      </div>
      {end.error && <ErrorNote error={end.error} className="mt-2" />}
    </li>
  )
}

/** "Firefox on Linux", as far as it can be told. */
function useDeviceName(userAgent: string): string {
  const { t } = useTranslation()
  const { browser, system } = deviceOf(userAgent)
  if (browser && system) return t('profile.device', { browser, system })
  return browser ?? system ?? t('profile.device_unknown')
}

function EndOthers({ count, onClose }: { count: number; onClose: () => void }) {
  const { t } = useTranslation()
  const end = useEndOtherSessions()
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('profile.end_others_ask')}
      consequence={t('profile.end_others_consequence', { count })}
      confirm={t('profile.end_others')}
      busy={end.isPending}
      error={end.error ? <ErrorNote error={end.error} className="mt-3" /> : undefined}
      onConfirm={() => end.mutate(undefined, { onSuccess: onClose })}
    />
  )
}
