import { QueryClientProvider } from '@tanstack/react-query'
import { createRouter, RouterProvider } from '@tanstack/react-router'
import { Tooltip } from 'radix-ui'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import '@/app.css'
import { keys } from '@/lib/api/keys'
import { startI18n } from '@/lib/i18n'
import { isSignIn, signInPlace } from '@/lib/paths'
import { createQueryClient } from '@/lib/query-client'
import { followTheme } from '@/lib/theme'
import { routeTree } from '@/routeTree.gen'

startI18n()
followTheme()

const queryClient = createQueryClient(() => {
  queryClient.setQueryData(keys.me, null)
  const { location, matches } = router.state
  // Several answers may say so at once: after the first one, the page is on its way there.
  if (isSignIn(location.pathname)) return
  if (matches.some(match => match.staticData.saysItsEnd || match.staticData.public)) return
  void router.navigate(signInPlace(location.href))
})

const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: 'intent',
  // The query cache decides what is fresh.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
  interface StaticDataRouteOption {
    /** The page itself tells a person that they are signed out, and why; it is not replaced by the sign-in page. */
    saysItsEnd?: boolean
    /** A page for people who are not signed in. */
    public?: boolean
  }
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Tooltip.Provider delayDuration={300}>
          <RouterProvider router={router} />
        </Tooltip.Provider>
      </QueryClientProvider>
    </StrictMode>,
  )
}
