import type { Queryable, Tx } from './database.ts'

/** What stands against the links to a return's status page. */
export interface StatusLinkState {
  /** Links of an older one are revoked. */
  readonly generation: number
  /** Wrong answers to the question before the page, since links were last revoked. */
  readonly failures: number
  readonly lockedUntil: Date | null
}

/** A return that has no row: nothing was revoked, and nobody has answered. */
const untouched: StatusLinkState = { generation: 0, failures: 0, lockedUntil: null }

export async function findStatusLink(db: Queryable, caseId: string): Promise<StatusLinkState> {
  const { rows } = await db.query<StatusLinkState>({
    name: 'find-status-link',
    text: `select generation, failures, locked_until as "lockedUntil" from status_link where case_id = $1`,
    values: [caseId],
  })
  return rows[0] ?? untouched
}

/** The same, held against others until the transaction ends. */
export async function lockStatusLink(tx: Tx, caseId: string): Promise<StatusLinkState> {
  await tx.query('insert into status_link (case_id) values ($1) on conflict do nothing', [caseId])
  const { rows } = await tx.query<StatusLinkState>(
    `select generation, failures, locked_until as "lockedUntil" from status_link where case_id = $1 for update`,
    [caseId],
  )
  return rows[0] ?? untouched
}

/** Revokes every link that was made so far; wrong answers are forgotten with them. */
export async function advanceGeneration(tx: Tx, caseId: string): Promise<void> {
  await tx.query(
    `insert into status_link (case_id, generation) values ($1, 1)
     on conflict (case_id) do update
       set generation = status_link.generation + 1, failures = 0, locked_until = null`,
    [caseId],
  )
}

export async function writeFailures(
  tx: Tx,
  given: {
    readonly caseId: string
    readonly failures: number
    readonly lockedUntil: Date | null
  },
): Promise<void> {
  const { caseId, failures, lockedUntil } = given
  await tx.query('update status_link set failures = $2, locked_until = $3 where case_id = $1', [
    caseId,
    failures,
    lockedUntil,
  ])
}
