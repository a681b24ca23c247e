import { array, boolean, type infer as Infer, number, object, string } from 'zod/mini'
import { fetchBody } from '../../api/client.ts'

const sessions = object({
  data: array(
    object({
      id: string(),
      createdAt: string(),
      lastSeenAt: string(),
      address: string(),
      userAgent: string(),
      isThis: boolean(),
    }),
  ),
})
export type OwnSession = Infer<typeof sessions>['data'][number]

const ended = object({ ended: number() })

/** Where one is signed in. */
export async function listOwnSessions(signal: AbortSignal): Promise<OwnSession[]> {
  return (await fetchBody('/api/v1/session/all', sessions, { signal })).data
}

/** Ends one of one's other sessions; all of them without a name. @returns how many ended. */
export async function endOthers(session: string | undefined): Promise<number> {
  const request = { method: 'DELETE', query: { session } } as const
  return (await fetchBody('/api/v1/session/others', ended, request)).ended
}
