import { useLocation, useNavigate } from '@tanstack/react-router'
import { CircleUser, LogOut } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { toast } from 'sonner'
import { Avatar } from '@/components/avatar'
import { LanguageMenu, ThemeMenu } from '@/components/preferences'
import { Menu, MenuItem, MenuLabel, MenuRadio, MenuSeparator } from '@/components/ui/menu'
import { useSignOut } from '@/features/session/queries'
import { useUpdateMe } from '@/lib/api/queries'
import type { Language, Me } from '@/lib/api/types'
import { LANGUAGES, setLanguage } from '@/lib/i18n'

/** Language, theme and the person's own menu, at the right end of the top bar. */
export function UserTools({ me, onSignedOut }: { me: Me; onSignedOut: () => void }) {
  const { t, i18n } = useTranslation()
  const preferences = useUpdateMe()
  const signOut = useSignOut()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const chooseLanguage = (language: Language) => {
    setLanguage(language)
    preferences.mutate({ language })
  }
  const leave = () =>
    signOut.mutate(undefined, { onSuccess: onSignedOut, onError: () => toast.error(t('user.sign_out_failed')) })
  return (
    <>
      <span className="max-md:hidden">
        <LanguageMenu onChange={language => preferences.mutate({ language })} />
      </span>
      <ThemeMenu onChange={theme => preferences.mutate({ theme })} />
      <Menu
        label={t('user.menu')}
        trigger={
          <button
            type="button"
            aria-label={t('user.menu_of', { name: me.user.full_name })}
            className="ml-1 grid size-8 place-items-center rounded-full max-md:size-10"
          >
            <Avatar person={me.user} size={30} />
          </button>
        }
      >
        <MenuLabel>
          <span className="block max-w-60 truncate text-base text-text">{me.user.full_name}</span>
          <span className="block max-w-60 truncate font-normal">{me.user.email}</span>
        </MenuLabel>
        <MenuSeparator />
        <div className="md:hidden">
          <MenuLabel>{t('preferences.language')}</MenuLabel>
          <MenuRadio value={i18n.language as Language} onChange={chooseLanguage} options={LANGUAGES} />
          <MenuSeparator />
        </div>
        {pathname !== '/profile' && (
          <MenuItem
            icon={<CircleUser aria-hidden />}
            onSelect={() => void navigate({ to: '/profile', search: { from: pathname } })}
          >
            {t('profile.title')}
          </MenuItem>
        )}
        <MenuItem icon={<LogOut aria-hidden />} onSelect={leave}>
          {t('user.sign_out')}
        </MenuItem>
      </Menu>
    </>
  )
}
