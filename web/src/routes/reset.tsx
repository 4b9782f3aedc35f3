import { createFileRoute } from '@tanstack/react-router'
import { ResetPage } from '@/features/links/reset-page'
import { useLinkSecret } from '@/lib/link-secret'

export const Route = createFileRoute('/reset')({ staticData: { public: true }, component: Reset })

function Reset() {
  const secret = useLinkSecret('/reset')
  return <ResetPage key={secret} secret={secret} />
}
