import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Inbox, RotateCw } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Commands } from '@/components/commands'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { LoadFailed, LoadMore } from '@/components/list-state'
import { SidePanel } from '@/components/side-panel'
import { TimeAgo } from '@/components/time-ago'
import { Button } from '@/components/ui/button'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { DeliveryState } from '@/features/settings/delivery-state'
import { deliveriesQuery, useRetryDelivery } from '@/features/settings/queries'
import { prettyJson } from '@/features/settings/webhook-form'
import type { Webhook, WebhookDelivery } from '@/lib/api/types'
import { useNow } from '@/lib/clock'
import { formatRelative, formatTime } from '@/lib/format'

type SheetProps = { tenant: string; webhook: Webhook; manage: boolean; onClose: () => void }

/** What was sent to a webhook and what came of it. */
export function WebhookSheet({ tenant, webhook, manage, onClose }: SheetProps) {
  const { t } = useTranslation()
  const query = useInfiniteQuery(deliveriesQuery(tenant, webhook.id))
  const deliveries = query.data?.pages.flatMap(page => page.deliveries)
  return (
    <SidePanel
      wide
      title={webhook.name}
      lead={<span className="font-mono text-xs">{webhook.url}</span>}
      onClose={onClose}
    >
      <h3 className="font-semibold">{t('webhooks.deliveries')}</h3>
      {query.isPending && <DeliveriesSkeleton />}
      {query.isError && !deliveries && (
        <LoadFailed
          title={t('webhooks.deliveries_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {deliveries?.length === 0 && (
        <FullState
          icon={<Inbox aria-hidden />}
          title={t('webhooks.no_deliveries')}
          hint={t('webhooks.no_deliveries_hint')}
        />
      )}
      {deliveries && deliveries.length > 0 && (
        <div className="-mx-5 -mt-2">
          <ul aria-label={t('webhooks.deliveries')} className="border-t">
            {deliveries.map(delivery => (
              <Delivery key={delivery.id} tenant={tenant} webhook={webhook.id} delivery={delivery} manage={manage} />
            ))}
          </ul>
          <LoadMore query={query} />
        </div>
      )}
    </SidePanel>
  )
}

type DeliveryProps = { tenant: string; webhook: string; delivery: WebhookDelivery; manage: boolean }

function Delivery({ tenant, webhook, delivery, manage }: DeliveryProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const id = useId()
  const retry = useRetryDelivery(tenant, webhook)
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <li className="border-b text-table">
      <div className="flex items-center gap-2 pr-5 pl-3">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={() => setOpen(!open)}
          className="flex min-h-11 min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-0.5 py-1.5 text-left -outline-offset-2"
        >
          <Icon className="size-4 shrink-0 text-muted" aria-hidden />
          <span className="min-w-0 flex-1 basis-40 truncate font-medium">{t(`webhooks.event_${delivery.event}`)}</span>
          <DeliveryState delivery={delivery} />
          <TimeAgo at={delivery.created_at} never="" />
        </button>
        {delivery.state === 'failed' && (
          <Reason text={manage ? undefined : t('webhooks.forbidden')}>
            <Button size="sm" disabled={!manage} busy={retry.isPending} onClick={() => retry.mutate(delivery.id)}>
              {!retry.isPending && <RotateCw className="size-4" aria-hidden />}
              {t('webhooks.retry')}
            </Button>
          </Reason>
        )}
      </div>
      {retry.error && <ErrorNote error={retry.error} className="mx-5 mb-3" />}
      {open && (
        <div id={id} className="flex flex-col gap-3 px-5 pb-4 sm:pl-10">
          <Facts delivery={delivery} />
          <Commands text={prettyJson(delivery.body)} label={t('webhooks.body_copy')} />
        </div>
      )}
    </li>
  )
}

function Facts({ delivery }: { delivery: WebhookDelivery }) {
  const { t, i18n } = useTranslation()
  const now = useNow(5000)
  const facts: [string, string | null | undefined][] = [
    [t('webhooks.error'), delivery.error],
    [t('webhooks.attempts'), String(delivery.attempts)],
    [
      t('webhooks.next'),
      delivery.next_at && formatRelative(Math.max(Date.parse(delivery.next_at), now), now, i18n.language),
    ],
    [t('webhooks.created'), formatTime(delivery.created_at, i18n.language)],
    [t('webhooks.delivered'), delivery.delivered_at && formatTime(delivery.delivered_at, i18n.language)],
    [t('webhooks.id'), delivery.id],
  ]
  return (
    <dl className="nums grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
      {facts.map(([name, value]) =>
        value ? (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  )
}

function DeliveriesSkeleton() {
  const { t } = useTranslation()
  return (
    <div role="status" className="flex flex-col gap-4">
      <span className="sr-only">{t('common.loading')}</span>
      {['a', 'b', 'c', 'd'].map(row => (
        <Skeleton key={row} className="h-7" />
      ))}
    </div>
  )
}
