import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { ErrorNote } from '@/components/error-note'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { TokenDialog } from '@/features/profile/token-dialog'
import { tokensQuery, useRevokeToken } from '@/features/profile/token-queries'
import { TokenSecret } from '@/features/profile/token-secret'
import type { ApiToken, Me, NewApiToken } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatRelative, formatTime } from '@/lib/format'

/** What programs sign in with as this person. */
export function TokensPart({ me }: { me: Me }) {
  const { t } = useTranslation()
  const list = useQuery(tokensQuery)
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<NewApiToken | null>(null)
  const [revoking, setRevoking] = useState<ApiToken | null>(null)
  if (list.isPending) return <Skeleton className="h-32 w-full" />
  if (!list.data) {
    return (
      <ErrorNote
        error={list.error}
        action={
          <Button size="sm" busy={list.isFetching} onClick={() => void list.refetch()}>
            {t('common.try_again')}
          </Button>
        }
      />
    )
  }
  const { tokens, may_make } = list.data
  return (
    <>
      {tokens.length === 0 ? (
        <div className="flex items-start gap-3 rounded-card border border-dashed px-4 py-5">
          <KeyRound className="mt-0.5 size-5 shrink-0 text-muted" aria-hidden />
          <div>
            <p className="font-medium">{t('tokens.none')}</p>
            <p className="text-muted text-table">{t('tokens.none_hint')}</p>
          </div>
        </div>
      ) : (
        <ul aria-label={t('tokens.title')} className="divide-y rounded-card border">
          {tokens.map(token => (
            <TokenRow key={token.id} token={token} onRevoke={() => setRevoking(token)} />
          ))}
        </ul>
      )}
      <div>
        <Reason text={may_make > 0 ? undefined : t('tokens.too_many')}>
          <Button disabled={may_make <= 0} onClick={() => setMaking(true)}>
            {t('tokens.make')}
          </Button>
        </Reason>
      </div>
      {making && (
        <TokenDialog
          tenants={me.tenants}
          onMade={token => {
            setMade(token)
            setMaking(false)
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {made && <TokenSecret made={made} onClose={() => setMade(null)} />}
      {revoking && <Revoke token={revoking} onClose={() => setRevoking(null)} />}
    </>
  )
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const { t } = useTranslation()
  const place = [token.tenant?.name, token.server?.name].filter(Boolean).join(' · ')
  return (
    <li className="flex items-start gap-3 px-3 py-3">
      <KeyRound className="mt-0.5 size-5 shrink-0 text-muted max-sm:hidden" aria-hidden />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="min-w-0 break-all font-medium">{token.name}</span>
          {token.scopes.map(scope => (
            <Badge key={scope} tone={scope === 'manage' ? 'warning' : 'neutral'}>
              {t(`tokens.scope_${scope}`)}
            </Badge>
          ))}
        </div>
        <span className="break-all font-mono text-muted text-xs/5">{token.pve_id}</span>
        <div className="nums flex flex-wrap gap-x-3 text-muted text-table">
          <span className="break-words">{place || t('tokens.everywhere')}</span>
          <Expires token={token} />
          <Used token={token} />
        </div>
      </div>
      <Button size="sm" onClick={onRevoke} aria-label={t('tokens.revoke_of', { name: token.name })}>
        {t('tokens.revoke')}
      </Button>
    </li>
  )
}

/** From here on it is worth making the next. */
const SOON_MS = 7 * 86_400_000

function Expires({ token }: { token: ApiToken }) {
  const { t, i18n } = useTranslation()
  const now = useNow(30_000)
  const at = Date.parse(token.expires_at)
  const when = formatRelative(at, now, i18n.language)
  const title = formatTime(at, i18n.language)
  if (at <= now)
    return (
      <span title={title} className="text-destructive-text">
        {t('tokens.expired', { when })}
      </span>
    )
  return (
    <span title={title} className={at - now < SOON_MS ? 'text-warning-text' : undefined}>
      {t('tokens.expires_when', { when })}
    </span>
  )
}

function Used({ token }: { token: ApiToken }) {
  const { t, i18n } = useTranslation()
  const now = useNow(30_000)
  if (!token.used_at) return <span>{t('tokens.never_used')}</span>
  const at = Math.min(Date.parse(token.used_at), now)
  return (
    <span title={formatTime(at, i18n.language)}>
      {t('profile.used', { when: formatRelative(at, now, i18n.language) })}
      {token.used_address && <span className="break-all font-mono"> {token.used_address}</span>}
    </span>
  )
}

function Revoke({ token, onClose }: { token: ApiToken; onClose: () => void }) {
  const { t } = useTranslation()
  const revoke = useRevokeToken()
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('tokens.revoke_ask', { name: token.name })}
      consequence={token.used_at ? t('tokens.revoke_used') : t('tokens.revoke_unused')}
      confirm={t('tokens.revoke_of', { name: token.name })}
      busy={revoke.isPending}
      error={revoke.error ? <ErrorNote error={revoke.error} className="mt-3" /> : undefined}
      onConfirm={() =>
        revoke.mutate(token.id, {
          onSuccess: () => {
            toast.success(t('tokens.revoked', { name: token.name }))
            onClose()
          },
        })
      }
    />
  )
}
