import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Badge } from '@/components/ui/badge'
import { Tooltip } from '@/components/ui/tooltip'
import type { Tls } from '@/lib/api/types'

/** How the server's certificate is checked; where it is not, that is said loudly. */
export function TlsBadge({ tls }: { tls: Tls }) {
  const { t } = useTranslation()
  const insecure = tls.mode === 'insecure'
  const badge = (
    <button type="button" className="cursor-default rounded">
      <Badge tone={insecure ? 'warning' : 'neutral'}>
        {insecure ? <ShieldAlert className="size-3.5" aria-hidden /> : <ShieldCheck className="size-3.5" aria-hidden />}
        {t(`tls.${tls.mode}`)}
      </Badge>
    </button>
  )
  return <Tooltip text={tls.mode === 'pin' ? tls.fingerprint : t(`tls.${tls.mode}_hint`)}>{badge}</Tooltip>
}
