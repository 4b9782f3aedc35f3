import i18next from 'i18next'
import type { AlertRule } from '@/lib/api/types'
import { formatDuration, formatMilliseconds, formatPercent } from '@/lib/format'

type Measured = { rule: AlertRule; value?: number | null | undefined; threshold?: number | null | undefined }

/** What an alert is about, the value against its limit: "Response 812 ms, limit 500 ms". */
export function alertText({ rule, value, threshold }: Measured): string {
  if (rule === 'network') {
    if (value == null) return i18next.t('alerts.network_many')
    return i18next.t('alerts.network', { value: formatPercent(value / 100, i18next.language) })
  }
  const limit = measure(rule, threshold ?? 0)
  if (rule === 'success_rate') {
    if (value == null) return i18next.t('alerts.below', { limit })
    return i18next.t('alerts.rule_success_rate', { value: measure(rule, value), limit })
  }
  if (rule === 'latency') {
    if (value == null) return i18next.t('alerts.above', { limit })
    return i18next.t('alerts.rule_latency', { value: measure(rule, value), limit })
  }
  // At the moment of opening the value is the limit, which says nothing.
  if (value == null || value <= (threshold ?? 0)) return i18next.t('alerts.longer', { limit })
  return i18next.t('alerts.rule_offline', { value: measure(rule, value), limit })
}

function measure(rule: Exclude<AlertRule, 'network'>, value: number): string {
  if (rule === 'success_rate') return formatPercent(value / 100, i18next.language)
  return rule === 'latency' ? formatMilliseconds(value, i18next.language) : formatDuration(value)
}
