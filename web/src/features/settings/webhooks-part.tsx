import { useQuery } from '@tanstack/react-query'
import { History, KeyRound, Pencil, Plus, Send, Trash2, Webhook as WebhookIcon } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { FullState } from '@/components/full-state'
import { LoadFailed } from '@/components/list-state'
import { MoreMenu } from '@/components/more-menu'
import { TimeAgo } from '@/components/time-ago'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ConfirmDialog } from '@/components/ui/dialog'
import { MenuItem, MenuSeparator } from '@/components/ui/menu'
import { Skeleton } from '@/components/ui/skeleton'
import { Reason } from '@/components/ui/tooltip'
import { DeliveryState } from '@/features/settings/delivery-state'
import { Part } from '@/features/settings/part'
import { useDeleteWebhook, useRenewSecret, useTestWebhook, webhooksQuery } from '@/features/settings/queries'
import { SecretDialog } from '@/features/settings/secret-dialog'
import { WebhookDialog } from '@/features/settings/webhook-dialog'
import { WebhookSheet } from '@/features/settings/webhook-sheet'
import type { Tenant, Webhook } from '@/lib/api/types'

type Asked = { what: 'edit' | 'deliveries' | 'secret' | 'delete'; webhook: Webhook }

/** Addresses that are told of alerts and servers. */
export function WebhooksPart({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const query = useQuery(webhooksQuery(tenant.id))
  const [adding, setAdding] = useState(false)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [secret, setSecret] = useState<{ name: string; secret: string } | null>(null)
  const manage = tenant.may.manage_settings
  const webhooks = query.data?.webhooks
  const limit = query.data?.limit ?? 0
  const full = webhooks !== undefined && webhooks.length >= limit
  const reason = !manage ? t('webhooks.forbidden') : full ? t('webhooks.full', { count: limit }) : undefined
  const add = (
    <Reason text={reason}>
      <Button disabled={reason !== undefined} onClick={() => setAdding(true)}>
        <Plus className="size-4" aria-hidden />
        {t('webhooks.add')}
      </Button>
    </Reason>
  )
  const close = () => setAsked(null)
  const onSaved = (webhook: Webhook, fresh: string | null) => {
    setAdding(false)
    close()
    if (fresh) setSecret({ name: webhook.name, secret: fresh })
  }
  // What the sheet shows follows the list.
  const opened = asked && (webhooks?.find(one => one.id === asked.webhook.id) ?? asked.webhook)
  return (
    <Part
      group="webhooks"
      lead={webhooks?.length ? t('webhooks.used', { used: webhooks.length, limit }) : t('settings.webhooks_lead')}
      aside={webhooks && webhooks.length > 0 && add}
    >
      {query.isPending && (
        <div role="status">
          <span className="sr-only">{t('common.loading')}</span>
          <Skeleton className="h-40" />
        </div>
      )}
      {query.isError && !webhooks && (
        <LoadFailed
          title={t('webhooks.load_failed')}
          error={query.error}
          busy={query.isFetching}
          onRetry={() => void query.refetch()}
        />
      )}
      {webhooks?.length === 0 && (
        <FullState
          className="rounded-card border py-10"
          icon={<WebhookIcon aria-hidden />}
          title={t('webhooks.none')}
          hint={t('webhooks.none_hint')}
          action={add}
        />
      )}
      {webhooks && webhooks.length > 0 && (
        <ul aria-label={t('webhooks.title')} className="rounded-card border">
          {webhooks.map(webhook => (
            <Row
              key={webhook.id}
              tenant={tenant.id}
              webhook={webhook}
              manage={manage}
              onAsk={what => setAsked({ what, webhook })}
            />
          ))}
        </ul>
      )}
      {adding && <WebhookDialog tenant={tenant.id} webhook={null} onSaved={onSaved} onClose={() => setAdding(false)} />}
      {asked?.what === 'edit' && (
        <WebhookDialog tenant={tenant.id} webhook={asked.webhook} onSaved={onSaved} onClose={close} />
      )}
      {asked?.what === 'deliveries' && opened && (
        <WebhookSheet tenant={tenant.id} webhook={opened} manage={manage} onClose={close} />
      )}
      {asked?.what === 'secret' && (
        <RenewSecret tenant={tenant.id} webhook={asked.webhook} onClose={close} onSecret={onSaved} />
      )}
      {asked?.what === 'delete' && <DeleteWebhook tenant={tenant.id} webhook={asked.webhook} onClose={close} />}
      {secret && <SecretDialog {...secret} onClose={() => setSecret(null)} />}
    </Part>
  )
}

type RowProps = { tenant: string; webhook: Webhook; manage: boolean; onAsk: (what: Asked['what']) => void }

function Row({ tenant, webhook, manage, onAsk }: RowProps) {
  const { t } = useTranslation()
  const test = useTestWebhook(tenant)
  const reason = manage ? undefined : t('webhooks.forbidden')
  const events = webhook.events.map(event => t(`webhooks.event_${event}`)).join(', ')
  return (
    <li className="border-b px-4 py-2.5 text-table last:border-b-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <div className="flex min-w-0 items-center gap-2">
            <button
              type="button"
              onClick={() => onAsk('deliveries')}
              title={webhook.name}
              className="min-h-6 min-w-0 truncate rounded text-left font-medium hover:underline"
            >
              {webhook.name}
            </button>
            {!webhook.is_active && <Badge>{t('webhooks.inactive')}</Badge>}
          </div>
          <div className="truncate font-mono text-muted text-xs" title={webhook.url}>
            {webhook.url}
          </div>
          <div className="truncate text-muted" title={events}>
            {events}
          </div>
        </div>
        <div className="flex items-center gap-4 max-md:w-full">
          <div className="flex min-w-0 flex-1 flex-col md:w-56">
            {webhook.last_delivery ? (
              <>
                <DeliveryState delivery={webhook.last_delivery} />
                <TimeAgo at={webhook.last_delivery.created_at} never="" className="pl-5.5 text-xs" />
              </>
            ) : (
              <span className="text-muted">{t('webhooks.nothing_sent')}</span>
            )}
          </div>
          <div className="flex items-center gap-1">
            <Reason text={reason}>
              <Button
                size="sm"
                disabled={reason !== undefined}
                busy={test.isPending}
                onClick={() => test.mutate(webhook.id)}
              >
                {!test.isPending && <Send className="size-4" aria-hidden />}
                {t('webhooks.test')}
                <span className="sr-only">{webhook.name}</span>
              </Button>
            </Reason>
            <MoreMenu label={t('servers.more_of', { name: webhook.name })}>
              <MenuItem icon={<History aria-hidden />} onSelect={() => onAsk('deliveries')}>
                {t('webhooks.deliveries')}
              </MenuItem>
              <MenuItem icon={<Pencil aria-hidden />} disabledReason={reason} onSelect={() => onAsk('edit')}>
                {t('webhooks.edit')}
              </MenuItem>
              <MenuItem icon={<KeyRound aria-hidden />} disabledReason={reason} onSelect={() => onAsk('secret')}>
                {t('webhooks.renew')}
              </MenuItem>
              <MenuSeparator />
              <MenuItem
                icon={<Trash2 aria-hidden />}
                destructive
                disabledReason={reason}
                onSelect={() => onAsk('delete')}
              >
                {t('webhooks.delete')}
              </MenuItem>
            </MoreMenu>
          </div>
        </div>
      </div>
      <div role="status">
        {test.data && (
          <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-card border bg-surface px-3 py-2">
            <span className="font-medium">{t('webhooks.test_answer')}</span>
            <DeliveryState delivery={test.data} />
            {test.data.error && <span className="min-w-0 break-words text-muted">{test.data.error}</span>}
          </div>
        )}
      </div>
      {test.error && <ErrorNote error={test.error} className="mt-2" />}
    </li>
  )
}

type AskProps = { tenant: string; webhook: Webhook; onClose: () => void }

function RenewSecret({
  tenant,
  webhook,
  onClose,
  onSecret,
}: AskProps & { onSecret: (webhook: Webhook, secret: string) => void }) {
  const { t } = useTranslation()
  const renew = useRenewSecret(tenant)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('webhooks.renew_ask', { name: webhook.name })}
      consequence={t('webhooks.renew_consequence')}
      confirm={t('webhooks.renew_confirm')}
      busy={renew.isPending}
      error={renew.error ? <ErrorNote error={renew.error} className="mt-3" /> : undefined}
      onConfirm={() => renew.mutate(webhook.id, { onSuccess: made => onSecret(webhook, made.secret) })}
    />
  )
}

function DeleteWebhook({ tenant, webhook, onClose }: AskProps) {
  const { t } = useTranslation()
  const remove = useDeleteWebhook(tenant)
  return (
    <ConfirmDialog
      open
      onOpenChange={open => !open && onClose()}
      title={t('webhooks.delete_ask', { name: webhook.name })}
      consequence={t('webhooks.delete_consequence')}
      confirm={t('webhooks.delete_confirm', { name: webhook.name })}
      busy={remove.isPending}
      error={remove.error ? <ErrorNote error={remove.error} className="mt-3" /> : undefined}
      onConfirm={() => remove.mutate(webhook.id, { onSuccess: onClose })}
    />
  )
}
