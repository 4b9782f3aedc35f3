import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, Link, redirect, useNavigate } from '@tanstack/react-router'
import { ArrowLeft } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { Frame } from '@/components/frame'
import { buttonClass } from '@/components/ui/button'
import { ProfilePage } from '@/features/profile/profile-page'
import { UserTools } from '@/features/session/user-menu'
import { meQuery } from '@/lib/api/queries'
import { safeNext } from '@/lib/paths'

export const Route = createFileRoute('/profile')({
  /** The page one came from, to go back to. */
  validateSearch: z.object({ from: z.string().optional().catch(undefined) }),
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery)
    if (!me) throw redirect({ to: '/sign-in', search: { next: location.href } })
  },
  component: Profile,
})

function Profile() {
  const { t } = useTranslation()
  const { from } = Route.useSearch()
  const { data: me } = useSuspenseQuery(meQuery)
  const navigate = useNavigate()
  if (!me) return null
  return (
    <Frame
      groups={[]}
      switcher={() => (
        <Link to={safeNext(from)} className={buttonClass('ghost')}>
          <ArrowLeft className="size-4" aria-hidden />
          {t('common.back')}
        </Link>
      )}
      title={t('profile.title')}
      tools={<UserTools me={me} onSignedOut={() => void navigate({ to: '/sign-in' })} />}
    >
      <ProfilePage me={me} />
    </Frame>
  )
}
