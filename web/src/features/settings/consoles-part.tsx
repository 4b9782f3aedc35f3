import { useTranslation } from 'react-i18next'
import { NumberField, Part, type PartProps } from '@/features/settings/part'
import type { Settings } from '@/lib/api/types'
import { formatNumber } from '@/lib/format'

/** How many consoles at once, and how long each. */
export function ConsolesPart({ form, defaults }: PartProps & { defaults: Settings['defaults'] }) {
  const { t, i18n } = useTranslation()
  const most = formatNumber(defaults.console_per_user, i18n.language)
  return (
    <Part group="consoles" lead={t('settings.consoles_lead')}>
      <NumberField
        form={form}
        name="console_per_user"
        empty={most}
        emptyHelp={t('settings.empty_per_user', { value: most })}
      />
      <NumberField
        form={form}
        name="console_per_guest"
        empty={t('settings.unlimited')}
        emptyHelp={t('settings.empty_unlimited')}
      />
      <NumberField
        form={form}
        name="console_per_tenant"
        empty={t('settings.unlimited')}
        emptyHelp={t('settings.empty_unlimited')}
      />
      <NumberField
        form={form}
        name="console_idle_minutes"
        empty={t('settings.never')}
        emptyHelp={t('settings.empty_idle')}
      />
      <NumberField
        form={form}
        name="console_max_minutes"
        empty={t('settings.never')}
        emptyHelp={t('settings.empty_max')}
      />
    </Part>
  )
}
