import { createFileRoute } from '@tanstack/react-router'
import { ForgotPage } from '@/features/links/forgot-page'

export const Route = createFileRoute('/forgot')({ staticData: { public: true }, component: ForgotPage })
