import { useMutation, useQueryClient } from '@tanstack/react-query'
import { act, caseKey } from './case-api.ts'

interface Deed {
  readonly path: string
  readonly body: unknown
  readonly method?: 'POST' | 'PUT'
}

/** Does something with the case, and then shows what has come of it. */
export function useAct(caseNo: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ path, body, method }: Deed) => act(path, body, method),
    onSuccess: () => queries.invalidateQueries({ queryKey: caseKey(caseNo) }),
  })
}
