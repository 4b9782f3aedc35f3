import { useTranslation } from 'react-i18next'
import { BrandPreview } from '@/features/settings/brand-preview'
import { ColourField } from '@/features/settings/colour-field'
import { Part, type PartProps } from '@/features/settings/part'
import { asColour, isVisible } from '@/lib/brand'

/** Nexus' own blue, where the picker starts. */
const OWN = '#3c83f6'

type AppearanceProps = PartProps & {
  tenant: { id: string; name: string; logo?: string | null }
  readOnly: boolean
}

/** The tenant's colours, and what pages look like with them before anything is saved. */
export function AppearancePart({ form, tenant, readOnly }: AppearanceProps) {
  const { t } = useTranslation()
  const [primary, secondary, accent] = form.watch(['primary_color', 'secondary_color', 'accent_color']).map(asColour)
  const shown = (colour: string | null | undefined) => (colour && isVisible(colour) ? colour : null)
  const name = form.watch('name').trim() || tenant.name
  return (
    <Part group="appearance" lead={t('settings.appearance_lead')}>
      <ColourField form={form} name="primary_color" fallback={OWN} readOnly={readOnly} />
      <ColourField form={form} name="secondary_color" fallback={primary ?? OWN} readOnly={readOnly} />
      <ColourField form={form} name="accent_color" fallback={primary ?? OWN} readOnly={readOnly} />
      <BrandPreview
        tenant={{ ...tenant, name }}
        brand={{ primary_color: shown(primary), secondary_color: shown(secondary), accent_color: shown(accent) }}
      />
    </Part>
  )
}
