import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo } from 'react'
import { whenSignedOut } from '../api/client.ts'
import { ProblemView } from '../views/problem-view.tsx'
import { Waiting } from '../views/waiting.tsx'
import { readSession, type Session } from './session-api.ts'

export const sessionKey = ['session'] as const

const SessionContext = createContext<Session | null>(null)

/** Finds out who is signed in before anything else is shown; `signedOut` is shown to nobody in particular. */
export function SessionGate({
  children,
  signedOut,
}: {
  readonly children: ReactNode
  readonly signedOut: ReactNode
}) {
  const queries = useQueryClient()
  const session = useQuery({ queryKey: sessionKey, queryFn: readSession, staleTime: 60_000 })
  useEffect(() => {
    // What was read before stays on the page's side: whoever signs in again goes on with it.
    whenSignedOut(() => queries.setQueryData(sessionKey, null))
  }, [queries])
  if (session.isPending) return <Waiting />
  if (session.isError && session.data === undefined) {
    return <ProblemView error={session.error} onRetry={() => void session.refetch()} />
  }
  if (session.data === null || session.data === undefined) return signedOut
  return <SessionContext value={session.data}>{children}</SessionContext>
}

export interface CurrentSession {
  readonly session: Session
  /** Whether this person may do something: a name of the hub's table of rights, such as `returns.read`. */
  readonly can: (right: string) => boolean
}

/** Who looks at this, and what they may do. */
export function useSession(): CurrentSession {
  const session = use(SessionContext)
  if (session === null) throw new TypeError('used where nobody is signed in')
  return useMemo(() => {
    const rights = new Set(session.rights)
    return { session, can: (right: string) => rights.has(right) }
  }, [session])
}
