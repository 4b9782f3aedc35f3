import { CircleCheck, CircleX, Clock } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { WebhookDelivery } from '@/lib/api/types'
import { cn } from '@/lib/cn'

const looks = {
  pending: { Icon: Clock, colour: 'text-warning-text' },
  delivered: { Icon: CircleCheck, colour: 'text-success-text' },
  failed: { Icon: CircleX, colour: 'text-destructive-text' },
} as const

/** Shape, colour and word of what became of a delivery, with the status that was answered. */
export function DeliveryState({ delivery }: { delivery: WebhookDelivery }) {
  const { t } = useTranslation()
  const { Icon, colour } = looks[delivery.state]
  // One that was not tried yet has not gone wrong.
  const again = delivery.state === 'pending' && delivery.attempts > 0
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon className={cn('size-4 shrink-0', colour)} aria-hidden />
      {again ? t('webhooks.state_again') : t(`webhooks.state_${delivery.state}`)}
      {delivery.status != null && <span className="nums text-muted">HTTP {delivery.status}</span>}
    </span>
  )
}
