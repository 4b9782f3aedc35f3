import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { AlertRow } from '@/components/alert-row'
import { Section } from '@/components/section'
import { buttonClass } from '@/components/ui/button'
import type { Alert, Tenant } from '@/lib/api/types'

const FIRST = 4

/** The alerts that are not over, those first that nobody looks after. */
export function DashboardAlerts({ tenant, alerts, active }: { tenant: Tenant; alerts: Alert[]; active: number }) {
  const { t } = useTranslation()
  const order = (alert: Alert) => (alert.state === 'open' ? 0 : 1)
  const shown = [...alerts].sort((a, b) => order(a) - order(b)).slice(0, FIRST)
  return (
    <Section title={t('dashboard.alerts')} count={active}>
      <ul className="rounded-card border">
        {shown.map(alert => (
          <AlertRow key={alert.id} tenant={tenant} alert={alert} className="px-4 max-md:px-3" />
        ))}
      </ul>
      {active > shown.length && (
        <Link
          to="/t/$slug/alerts"
          params={{ slug: tenant.slug }}
          className={`${buttonClass('ghost', 'sm')} self-start`}
        >
          {t('dashboard.show_all', { count: active })}
        </Link>
      )}
    </Section>
  )
}
