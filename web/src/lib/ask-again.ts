import type { Query, QueryClient, QueryKey } from '@tanstack/react-query'

/**
 * An event that comes while a list is being asked for may be newer than the answer, and nobody says it twice: then the
 * list is asked for anew.
 */
export function askAgainIfAsked(client: QueryClient, queryKey: QueryKey): void {
  const isAsked = ({ state }: Query) => state.fetchStatus === 'fetching'
  if (client.isFetching({ queryKey }) === 0) return
  void client.refetchQueries({ queryKey, predicate: query => isAsked(query) && query.state.data !== undefined })
  // A first answer is waited for even when another is asked for, unless it is called off.
  const isFirst = ({ state }: Query) => state.data === undefined
  void client
    .cancelQueries({ queryKey, predicate: query => isAsked(query) && isFirst(query) })
    .then(() => client.refetchQueries({ queryKey, type: 'active', predicate: isFirst }))
}
