import i18next from 'i18next'
import { alertText } from '@/lib/alert-text'
import type { Notification } from '@/lib/api/types'

/** What happened in one sentence, and what else there is to say. The server sends the facts, the words are made here. */
export function notificationText(one: Notification): { title: string; detail: string | null } {
  const detail = one.detail || null
  const server = one.server_name || i18next.t('notifications.a_server')
  const name = one.guest_name || i18next.t('notifications.a_guest')
  const person = one.person || i18next.t('notifications.somebody')
  const actor = one.actor || i18next.t('notifications.somebody')
  const action = one.action ? i18next.t(`action.${one.action}`) : i18next.t('notifications.an_action')
  const role = one.role ? i18next.t(`role.${one.role}`) : ''
  switch (one.kind) {
    case 'server_offline':
      return { title: i18next.t('notifications.server_offline', { server }), detail }
    case 'server_online':
      return { title: i18next.t('notifications.server_online', { server }), detail }
    case 'alert_opened':
      return { title: about(one), detail }
    case 'alert_acknowledged':
      return { title: i18next.t('notifications.alert_acknowledged', { actor, what: about(one) }), detail }
    case 'alert_resolved':
      return { title: i18next.t('notifications.alert_resolved', { what: about(one) }), detail }
    case 'action_done':
      return { title: i18next.t('notifications.action_done', { name, action }), detail }
    case 'action_failed':
      return { title: i18next.t('notifications.action_failed', { name, action }), detail }
    case 'member_added':
      return { title: i18next.t('notifications.member_added', { actor, person, role }), detail }
    case 'member_removed':
      return { title: i18next.t('notifications.member_removed', { actor, person }), detail }
    case 'role_changed':
      return { title: i18next.t('notifications.role_changed', { actor, person, role }), detail }
  }
}

/** The server and what is wrong with it. */
function about({ rule, server_name, value, threshold }: Notification): string {
  if (!rule) return server_name ?? ''
  const text = alertText({ rule, value, threshold })
  return server_name && rule !== 'network' ? `${server_name}: ${text}` : text
}
