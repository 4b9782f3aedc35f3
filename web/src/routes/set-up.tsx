import { createFileRoute, useRouter } from '@tanstack/react-router'
import { SetUpPage } from '@/features/setup/set-up-page'

export const Route = createFileRoute('/set-up')({ staticData: { public: true }, component: SetUp })

function SetUp() {
  const router = useRouter()
  const { hash } = Route.useMatch({ select: () => ({ hash: router.state.location.hash }) })
  return <SetUpPage secret={hash} onDone={() => router.history.push('/')} />
}
