import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { alertText } from '@/lib/alert-text'
import type { Alert } from '@/lib/api/types'
import type { TenantEvent } from '@/lib/event-cache'
import { useTenantEvent } from '@/lib/events'
import { onceInBrowser } from '@/lib/once-in-browser'

/** One that opened longer ago is no news: it comes with what was missed. */
const NEWS_MS = 2 * 60_000

/**
 * Says when an alert opens, in the tab that is looked at and once in the whole browser. `there`: the list of alerts is
 * what is looked at.
 */
export function useAlertToasts(slug: string, there: boolean): void {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const say = useCallback(
    (alert: Alert) => {
      const server = alert.server_name || t('alerts.network_name')
      const text = alertText(alert)
      toast.warning(alert.rule === 'network' ? text : t('alerts.toast', { server, text }), {
        id: alert.id,
        description: alert.detail ?? undefined,
        action: { label: t('alerts.show'), onClick: () => void navigate({ to: '/t/$slug/alerts', params: { slug } }) },
      })
    },
    [navigate, slug, t],
  )
  const listen = useCallback(
    (event: TenantEvent) => {
      if (event.type !== 'alert' || event.alert.state !== 'open' || there) return
      if (document.visibilityState !== 'visible') return
      if (Math.abs(Date.now() - Date.parse(event.alert.opened_at)) > NEWS_MS) return
      onceInBrowser(`nexus-alert-${event.alert.id}`, () => say(event.alert))
    },
    [say, there],
  )
  useTenantEvent(listen)
}
