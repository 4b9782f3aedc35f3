import { createFileRoute, redirect, useRouter } from '@tanstack/react-router'
import { z } from 'zod'
import { SignInPage } from '@/features/session/sign-in-page'
import { meQuery } from '@/lib/api/queries'
import { safeNext } from '@/lib/paths'

export const Route = createFileRoute('/sign-in')({
  staticData: { public: true },
  validateSearch: z.object({ next: z.string().optional().catch(undefined) }),
  beforeLoad: async ({ context, search }) => {
    // A server that does not answer must not hide the form; signing in will say what is wrong.
    const me = await context.queryClient.ensureQueryData({ ...meQuery, retry: false }).catch(() => null)
    if (me) throw redirect({ href: safeNext(search.next) })
  },
  component: SignIn,
})

function SignIn() {
  const { next } = Route.useSearch()
  const router = useRouter()
  return <SignInPage onSignedIn={() => router.history.push(safeNext(next))} />
}
