import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useChanges, useLiveState } from '../../live/live.ts'
import { type CaseView, caseKey, peekVersion } from './case-api.ts'

/** How often a page without the stream of changes looks by itself. */
const lookEveryMs = 30_000

/**
 * How many events the case has had since it was read, and a way to show them. Nothing that is shown moves before
 * that.
 */
export function useNews(caseNo: string, shown: CaseView): { count: number; show: () => void } {
  const queries = useQueryClient()
  const live = useLiveState()
  const key = ['return-version', caseNo]
  const peek = useQuery({
    queryKey: key,
    queryFn: () => peekVersion(caseNo),
    initialData: shown.version,
    staleTime: lookEveryMs,
    refetchInterval: live.kind === 'live' || live.kind === 'paused' ? false : lookEveryMs,
  })
  useChanges((change) => {
    if (change === 'reset') {
      void queries.invalidateQueries({ queryKey: key })
      return
    }
    const mine = change.returns.find(({ id }) => id === shown.id)
    if (mine !== undefined) queries.setQueryData(key, mine.version)
  })
  return {
    count: Math.max(0, peek.data - shown.version),
    show: () => void queries.invalidateQueries({ queryKey: caseKey(caseNo) }),
  }
}
