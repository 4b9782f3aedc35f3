import { CircleOff, CloudCog, KeyRound, ShieldAlert, Waypoints } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ServerStatus } from '@/components/server-status'
import { Badge, type Tone } from '@/components/ui/badge'
import { Tooltip } from '@/components/ui/tooltip'
import { tokenDaysLeft } from '@/features/servers/view'
import type { Server } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatDate } from '@/lib/format'

/** A server's state; one that is switched off has none. */
export function ServerState({ server }: { server: Server }) {
  const { t } = useTranslation()
  if (server.is_active) return <ServerStatus status={server.status} />
  return (
    <span className="inline-flex items-center gap-2 text-muted">
      <CircleOff aria-hidden className="size-4" />
      {t('servers.inactive')}
    </span>
  )
}

/** What is out of the ordinary with a server: where it comes from, and what asks for somebody. */
export function ServerBadges({ server }: { server: Server }) {
  const { t } = useTranslation()
  const { origin, connection } = server
  return (
    <>
      {origin === 'environment' && (
        <Hinted hint={t('servers.origin_environment_hint')} icon={<Waypoints />}>
          {t('servers.origin_environment')}
        </Hinted>
      )}
      {origin === 'provided' && (
        <Hinted hint={t('servers.origin_provided_hint')} icon={<CloudCog />}>
          {t('servers.origin_provided')}
        </Hinted>
      )}
      {connection?.tls.mode === 'insecure' && (
        <Hinted tone="warning" hint={t('tls.insecure_hint')} icon={<ShieldAlert />}>
          {t('servers.insecure')}
        </Hinted>
      )}
      <TokenBadge expiresAt={connection?.token_expires_at} />
    </>
  )
}

function TokenBadge({ expiresAt }: { expiresAt: string | null | undefined }) {
  const { t, i18n } = useTranslation()
  const now = useNow(60_000)
  const days = tokenDaysLeft(expiresAt, now)
  if (days === null || !expiresAt) return null
  const over = days === 0
  return (
    <Hinted
      tone={over ? 'destructive' : 'warning'}
      hint={t('servers.token_expiry_hint', { date: formatDate(expiresAt, i18n.language) })}
      icon={<KeyRound />}
    >
      {over ? t('servers.token_expired') : t('servers.token_expires_in', { count: days })}
    </Hinted>
  )
}

/** A badge whose meaning shows on hover and focus. */
function Hinted({ tone, hint, icon, children }: { tone?: Tone; hint: string; icon: ReactNode; children: ReactNode }) {
  return (
    <Tooltip text={hint}>
      <button type="button" className="inline-flex min-h-6 max-w-full cursor-default items-center rounded">
        <Badge tone={tone ?? 'neutral'}>
          <span aria-hidden className="[&_svg]:size-3.5">
            {icon}
          </span>
          <span className="truncate">{children}</span>
        </Badge>
      </button>
    </Tooltip>
  )
}
