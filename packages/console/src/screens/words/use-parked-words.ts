import { useQuery } from '@tanstack/react-query'
import { useChanges } from '../../live/live.ts'
import { listParkedWords, type ParkedWord } from './words-api.ts'

/**
 * Words that messages wait for, as they were read, and how many have come since. They do not move by themselves: what
 * is new is shown when it is asked for.
 */
export function useParkedWords() {
  const shown = useQuery({
    queryKey: ['words', 'parked'],
    queryFn: ({ signal }) => listParkedWords(signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
    refetchOnWindowFocus: false,
  })
  const latest = useQuery({
    queryKey: ['words', 'parked', 'latest'],
    queryFn: ({ signal }) => listParkedWords(signal),
    enabled: false,
  })
  useChanges((change) => {
    // A word that waits is an exception of no return. There are others of these: the words themselves are counted.
    const mayBeNews = change === 'reset' || change.exceptions.some(({ caseNo }) => caseNo === null)
    if (mayBeNews) void latest.refetch()
  })
  const isLater = latest.dataUpdatedAt > shown.dataUpdatedAt
  const known = new Set(shown.data?.map(wordId))
  const news = isLater ? (latest.data ?? []).filter((word) => !known.has(wordId(word))) : []
  return { shown, newCount: news.length, show: () => void shown.refetch() }
}

/** Tells words that wait apart: two that differ in case only are the same. */
export function wordId({ vocabulary, connectionId, value }: ParkedWord): string {
  return `${vocabulary} ${connectionId} ${value.toLowerCase()}`
}
