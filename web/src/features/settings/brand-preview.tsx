import { Monitor, Play, SquareTerminal, Users } from 'lucide-react'
import type { CSSProperties, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { TenantMark } from '@/components/tenant-mark'
import { Badge } from '@/components/ui/badge'
import { Bar } from '@/components/ui/bar'
import { buttonClass } from '@/components/ui/button'
import { RadioCard } from '@/components/ui/field'
import type { Brand } from '@/lib/api/types'
import { brandTokens } from '@/lib/brand'
import { cn } from '@/lib/cn'
import { formatPercent } from '@/lib/format'

type PreviewProps = { tenant: { id: string; name: string; logo?: string | null }; brand: Brand }

/** A part of a page with these colours, in both themes. It is the real thing, but nothing in it can be used. */
export function BrandPreview({ tenant, brand }: PreviewProps) {
  const { t } = useTranslation()
  const tokens = brandTokens(brand)
  return (
    <div>
      <div className="mb-1.5 font-medium">{t('settings.preview')}</div>
      <div className="grid gap-3 sm:grid-cols-2">
        {(['light', 'dark'] as const).map(theme => (
          <figure key={theme} className="min-w-0">
            <div
              aria-hidden
              inert
              className={cn(theme, 'overflow-hidden rounded-card border bg-background text-text')}
              style={tokens?.[theme] as CSSProperties | undefined}
            >
              <Sample tenant={tenant} theme={theme} />
            </div>
            <figcaption className="mt-1 text-muted text-table">{t(`preferences.theme_${theme}`)}</figcaption>
          </figure>
        ))}
      </div>
    </div>
  )
}

/** What stands in the sample is nobody's. */
const GUEST = 'web-01'
const SHARE = 0.62

function Sample({ tenant, theme }: { tenant: PreviewProps['tenant']; theme: string }) {
  const { t, i18n } = useTranslation()
  return (
    <div className="flex">
      <div className="flex w-[38%] shrink-0 flex-col gap-1 border-r bg-surface p-2">
        <span className="mb-1 flex min-w-0 items-center gap-2">
          <TenantMark tenant={tenant} wide />
          {!tenant.logo && <span className="min-w-0 truncate font-semibold">{tenant.name}</span>}
        </span>
        <Place icon={<Monitor />} chosen>
          {t('guests.title')}
        </Place>
        <Place icon={<SquareTerminal />}>{t('consoles.title')}</Place>
        <Place icon={<Users />}>{t('members.title')}</Place>
      </div>
      <div className="flex min-w-0 flex-1 flex-col gap-3 p-3">
        <div className="flex flex-wrap items-center gap-2">
          <span className={buttonClass('primary', 'sm')}>{t('form.save')}</span>
          <span className={buttonClass('secondary', 'sm')}>{t('common.cancel')}</span>
        </div>
        <span className="flex min-w-0 items-center gap-2 text-table">
          <Play className="size-3.5 shrink-0 fill-current text-success" aria-hidden />
          <span className="min-w-0 truncate text-primary-text underline">{GUEST}</span>
          <Badge tone="primary">{t('settings.preview_badge')}</Badge>
        </span>
        <span className="flex items-center gap-2 text-table">
          <Bar share={SHARE} plain className="flex-1" />
          <span className="nums">{formatPercent(SHARE, i18n.language)}</span>
        </span>
        <RadioCard
          name={`preview-${theme}`}
          value="x"
          label={t('settings.scope_all')}
          checked
          readOnly
          tabIndex={-1}
          className="py-1.5"
        />
      </div>
    </div>
  )
}

function Place({ icon, chosen, children }: { icon: ReactNode; chosen?: boolean; children: ReactNode }) {
  return (
    <span
      className={cn(
        'flex h-7 min-w-0 items-center gap-2 rounded-control px-2 text-table [&_svg]:size-4 [&_svg]:shrink-0',
        chosen && 'bg-secondary/12 font-medium text-secondary-text',
      )}
    >
      {icon}
      <span className="min-w-0 truncate">{children}</span>
    </span>
  )
}
