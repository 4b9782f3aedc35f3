import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet } from '@tanstack/react-router'
import { Toaster } from 'sonner'
import { NotFoundPage, ProblemPage } from '@/components/problem-page'
import { useTheme } from '@/lib/theme'

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFoundPage,
  errorComponent: ({ error, reset }) => <ProblemPage error={error} onRetry={reset} />,
})

function Root() {
  const theme = useTheme()
  return (
    <>
      <Outlet />
      <Toaster theme={theme} position="bottom-right" offset={48} closeButton toastOptions={{ duration: 6000 }} />
    </>
  )
}
