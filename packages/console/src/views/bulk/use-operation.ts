import { useQuery } from '@tanstack/react-query'
import { readOperation } from './bulk-api.ts'

const everyMs = 700

/** An operation as it goes on: read again until it has ended. */
export function useOperation(id: string | null) {
  return useQuery({
    queryKey: ['operations', 'one', id],
    queryFn: ({ signal }) => readOperation(id ?? '', signal),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) => (data?.endedAt == null ? everyMs : false),
  })
}
