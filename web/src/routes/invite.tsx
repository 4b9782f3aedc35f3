import { useQuery } from '@tanstack/react-query'
import { createFileRoute, useNavigate } from '@tanstack/react-router'
import { toast } from 'sonner'
import { InvitePage } from '@/features/links/invite-page'
import { useSignOut } from '@/features/session/queries'
import { meQuery } from '@/lib/api/queries'
import { useLinkSecret } from '@/lib/link-secret'
import { problemText } from '@/lib/problem-text'

export const Route = createFileRoute('/invite')({
  staticData: { public: true },
  // A server that does not answer is told of by the page itself.
  loader: ({ context }) => context.queryClient.ensureQueryData({ ...meQuery, retry: false }).catch(() => null),
  component: Invite,
})

function Invite() {
  const secret = useLinkSecret('/invite')
  const { data: me } = useQuery(meQuery)
  const signOut = useSignOut()
  const navigate = useNavigate()
  return (
    <InvitePage
      key={secret}
      secret={secret}
      me={me ?? null}
      onAccepted={slug => void navigate({ to: '/t/$slug', params: { slug } })}
      onSignOut={() => signOut.mutate(undefined, { onError: error => toast.error(problemText(error)) })}
    />
  )
}
