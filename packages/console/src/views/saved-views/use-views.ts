import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listViews, type SavedView, type ViewScreen } from './saved-views-api.ts'

/** What the cache knows views of a screen by. */
export function viewsKey(screen: ViewScreen): readonly string[] {
  return ['views', screen]
}

/** The views of a screen, as far as they were read. */
export function useViews(screen: ViewScreen) {
  const list = useInfiniteQuery({
    queryKey: viewsKey(screen),
    queryFn: ({ pageParam, signal }) => listViews(screen, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
  const all = useMemo<readonly SavedView[]>(
    () => list.data?.pages.flatMap(({ data }) => data) ?? [],
    [list.data],
  )
  const own = useMemo(() => all.filter(({ isOwn }) => isOwn), [all])
  const team = useMemo(() => all.filter(({ isOwn }) => !isOwn), [all])
  return { list, own, team }
}
