import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '@/components/page'
import { EmailPart } from '@/features/profile/email-part'
import { PasswordPart } from '@/features/profile/password-part'
import { PersonPart } from '@/features/profile/person-part'
import { PicturePart } from '@/features/profile/picture-part'
import { PreferencesPart } from '@/features/profile/preferences-part'
import { SessionsPart } from '@/features/profile/sessions-part'
import { TokensPart } from '@/features/profile/tokens-part'
import type { Me } from '@/lib/api/types'

/** Everything about one's own account. */
export function ProfilePage({ me }: { me: Me }) {
  const { t } = useTranslation()
  return (
    <Page title={t('profile.title')}>
      <div className="min-h-0 flex-1 overflow-y-auto border-t px-6 pb-16 max-md:px-4">
        <div className="mx-auto max-w-4xl divide-y">
          <Part title={t('profile.person')} hint={t('profile.person_hint')}>
            <PicturePart user={me.user} />
            <PersonPart user={me.user} />
          </Part>
          <Part title={t('profile.preferences')} hint={t('profile.preferences_hint')}>
            <PreferencesPart />
          </Part>
          <Part title={t('profile.email')} hint={t('profile.email_hint')}>
            <EmailPart me={me} />
          </Part>
          <Part title={t('profile.password')} hint={t('profile.password_hint')}>
            <PasswordPart user={me.user} />
          </Part>
          <Part title={t('tokens.title')} hint={t('tokens.hint')}>
            <TokensPart me={me} />
          </Part>
          <Part title={t('profile.sessions')} hint={t('profile.sessions_hint')}>
            <SessionsPart />
          </Part>
        </div>
      </div>
    </Page>
  )
}

function Part({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="grid gap-x-10 gap-y-4 py-8 md:grid-cols-[15rem_minmax(0,1fr)]">
      <div>
        <h2 className="font-semibold">{title}</h2>
        <p className="mt-1 text-muted text-table">{hint}</p>
      </div>
      <div className="flex min-w-0 flex-col gap-5">{children}</div>
    </section>
  )
}
