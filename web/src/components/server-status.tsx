import { Check, CircleHelp, TriangleAlert, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '@/components/ui/spinner'
import type { ServerStatus as Status } from '@/lib/api/types'

/** Shape, colour and word of a server's state. */
export function ServerStatus({ status }: { status: Status }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex items-center gap-2">
      {status === 'online' && <Check aria-hidden className="size-4 text-success-text" strokeWidth={2.5} />}
      {status === 'degraded' && <TriangleAlert aria-hidden className="size-4 text-warning-text" />}
      {status === 'offline' && <X aria-hidden className="size-4 text-destructive-text" strokeWidth={2.5} />}
      {status === 'unknown' && <CircleHelp aria-hidden className="size-4 text-muted" />}
      {status === 'checking' && <Spinner className="size-4 text-muted" />}
      {t(`server_status.${status}`)}
    </span>
  )
}
