import { createFileRoute } from '@tanstack/react-router'
import { HealthPage } from '@/features/system/health-page'

export const Route = createFileRoute('/system/health')({ component: HealthPage })
