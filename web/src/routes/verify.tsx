import { createFileRoute } from '@tanstack/react-router'
import { VerifyPage } from '@/features/links/verify-page'
import { useLinkSecret } from '@/lib/link-secret'

export const Route = createFileRoute('/verify')({ staticData: { public: true }, component: Verify })

function Verify() {
  const secret = useLinkSecret('/verify')
  return <VerifyPage key={secret} secret={secret} />
}
