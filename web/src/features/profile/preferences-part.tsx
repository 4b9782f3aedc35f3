import { useTranslation } from 'react-i18next'
import { ErrorNote } from '@/components/error-note'
import { SelectField } from '@/components/ui/field'
import { useUpdateMe } from '@/lib/api/queries'
import type { Language, Theme } from '@/lib/api/types'
import { LANGUAGES, setLanguage } from '@/lib/i18n'
import { setTheme, useTheme } from '@/lib/theme'

const THEMES = ['light', 'dark', 'system'] as const

/** Both change at once and are kept with the account. */
export function PreferencesPart() {
  const { t, i18n } = useTranslation()
  const theme = useTheme()
  const update = useUpdateMe()
  const chooseLanguage = (language: Language) => {
    setLanguage(language)
    update.mutate({ language })
  }
  const chooseTheme = (chosen: Theme) => {
    setTheme(chosen)
    update.mutate({ theme: chosen })
  }
  return (
    <>
      {update.error && <ErrorNote error={update.error} />}
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={t('preferences.language')}
          value={i18n.language}
          onChange={event => chooseLanguage(event.target.value as Language)}
        >
          {LANGUAGES.map(({ value, label }) => (
            <option key={value} value={value} lang={value}>
              {label}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('preferences.theme')}
          value={theme}
          onChange={event => chooseTheme(event.target.value as Theme)}
        >
          {THEMES.map(value => (
            <option key={value} value={value}>
              {t(`preferences.theme_${value}`)}
            </option>
          ))}
        </SelectField>
      </div>
    </>
  )
}
