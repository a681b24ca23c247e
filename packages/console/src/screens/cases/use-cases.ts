import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useChanges } from '../../live/live.ts'
import type { CaseSearch } from './case-search.ts'
import { type CaseRow, readCases, readCounts } from './cases-api.ts'

/** The list that an address asks for, as far as it was read. */
export function useCases(search: CaseSearch) {
  const { columns: _columns, ...asked } = search
  const { stage: _stage, sort: _sort, ...filter } = asked
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: ['returns', 'list', asked],
    queryFn: ({ pageParam, signal }) => readCases(asked, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    // Rows do not move by themselves: what is new is announced, and shown when it is asked for.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  })
  const counts = useQuery({
    queryKey: ['returns', 'counts', filter],
    queryFn: () => readCounts(asked),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
  const [changed, setChanged] = useState<ReadonlySet<string>>(none)
  useChanges((change) => {
    const ids = change === 'reset' ? ['*'] : change.returns.map(({ id }) => id)
    setChanged((known) => (ids.every((id) => known.has(id)) ? known : new Set([...known, ...ids])))
  })
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = list
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [fetchNextPage, hasNextPage, isFetchingNextPage])
  const rows = useMemo<readonly CaseRow[]>(
    () => list.data?.pages.flatMap(({ data }) => data) ?? [],
    [list.data],
  )
  async function renew(): Promise<void> {
    setChanged(none)
    // From the beginning: what was read of the old list is left.
    await queries.resetQueries({ queryKey: ['returns', 'list', asked] })
    await counts.refetch()
  }
  return { list, rows, counts, more, changed: changed.size, renew }
}

const none: ReadonlySet<string> = new Set()
