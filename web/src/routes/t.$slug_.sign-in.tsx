import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute, redirect, useRouter } from '@tanstack/react-router'
import { z } from 'zod'
import { signInLookQuery } from '@/features/session/queries'
import { SignInPage } from '@/features/session/sign-in-page'
import { keys } from '@/lib/api/keys'
import { meQuery } from '@/lib/api/queries'
import type { Me } from '@/lib/api/types'
import { safeNext } from '@/lib/paths'

/** The sign-in page of one tenant, in its colours if it shows them to strangers. */
export const Route = createFileRoute('/t/$slug_/sign-in')({
  staticData: { public: true },
  validateSearch: z.object({ next: z.string().optional().catch(undefined) }),
  beforeLoad: async ({ context, search, params }) => {
    // A server that does not answer must not hide the form; signing in will say what is wrong.
    const me = await context.queryClient.ensureQueryData({ ...meQuery, retry: false }).catch(() => null)
    if (me) throw redirect({ href: placeFor(me, params.slug, search.next) })
  },
  loader: ({ context, params }) => context.queryClient.ensureQueryData(signInLookQuery(params.slug)),
  component: SignIn,
})

/** Where one was going, else into the tenant if one belongs to it. */
function placeFor(me: Me, slug: string, next: string | undefined): string {
  if (next) return safeNext(next)
  return me.tenants.some(tenant => tenant.slug === slug) ? `/t/${encodeURIComponent(slug)}` : '/'
}

function SignIn() {
  const { next } = Route.useSearch()
  const { slug } = Route.useParams()
  const router = useRouter()
  const client = useQueryClient()
  const look = useQuery(signInLookQuery(slug)).data
  const go = () => {
    const me = client.getQueryData<Me>(keys.me)
    router.history.push(me ? placeFor(me, slug, next) : safeNext(next))
  }
  return <SignInPage onSignedIn={go} tenant={look && { slug, look }} />
}
