import { Check, Languages, Monitor, Moon, Sun } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/button'
import { Menu, MenuItem } from '@/components/ui/menu'
import type { Language, Theme } from '@/lib/api/types'
import { LANGUAGES, setLanguage } from '@/lib/i18n'
import { setTheme, useTheme } from '@/lib/theme'

const themes = [
  { value: 'light', icon: <Sun aria-hidden /> },
  { value: 'dark', icon: <Moon aria-hidden /> },
  { value: 'system', icon: <Monitor aria-hidden /> },
] as const

/** Each changes the page at once; `onChange` may keep the choice with the account. */
export function ThemeMenu({ onChange }: { onChange?: (theme: Theme) => void }) {
  const { t } = useTranslation()
  const theme = useTheme()
  return (
    <Menu
      label={t('preferences.theme')}
      trigger={
        <Button variant="ghost" size="icon" aria-label={t('preferences.theme')} title={t('preferences.theme')}>
          <Sun className="size-4 dark:hidden" aria-hidden />
          <Moon className="hidden size-4 dark:block" aria-hidden />
        </Button>
      }
    >
      {themes.map(({ value, icon }) => (
        <MenuItem
          key={value}
          icon={icon}
          hint={theme === value && <Check className="size-4" aria-label={t('common.chosen')} />}
          onSelect={() => {
            setTheme(value)
            onChange?.(value)
          }}
        >
          {t(`preferences.theme_${value}`)}
        </MenuItem>
      ))}
    </Menu>
  )
}

export function LanguageMenu({ onChange }: { onChange?: (language: Language) => void }) {
  const { t, i18n } = useTranslation()
  return (
    <Menu
      label={t('preferences.language')}
      trigger={
        <Button variant="ghost" size="icon" aria-label={t('preferences.language')} title={t('preferences.language')}>
          <Languages className="size-4" aria-hidden />
        </Button>
      }
    >
      {LANGUAGES.map(({ value, label }) => (
        <MenuItem
          key={value}
          hint={i18n.language === value && <Check className="size-4" aria-label={t('common.chosen')} />}
          onSelect={() => {
            setLanguage(value)
            onChange?.(value)
          }}
        >
          <span lang={value}>{label}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}
