import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './problem.ts'

const maxTries = 3

/**
 * What was fetched, for all screens; `onFresh` hears of each answer. Only what may succeed when it is asked again is asked again; a page that
 * lies in another tab asks for nothing.
 */
export function createQueries(onFresh: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onSuccess: onFresh }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: true,
        retry: (count, error) =>
          error instanceof ApiProblem && error.isRetryable && count < maxTries - 1,
        retryDelay: (count) => Math.min(1_000 * 2 ** count, 8_000),
      },
      mutations: { retry: false },
    },
  })
}
