import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { isSignedOut } from '@/lib/api/error'

/** The page's one cache. `onSignedOut` is called when any answer says that the session is over. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (isSignedOut(error)) onSignedOut()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (!mutation.meta?.anonymous) onError(error)
      },
    }),
    defaultOptions: {
      // Events keep the cache fresh; a refusal does not get better by asking again.
      queries: {
        staleTime: 30_000,
        retry: (count, error) => count < 2 && isTransient(error),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

function isTransient(error: unknown): boolean {
  const status = (error as { status?: number }).status ?? 0
  return status === 0 || status >= 500
}
