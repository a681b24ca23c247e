/** What can be wrong with the audit log, or with the history that it vouches for. */
export const auditFindingKinds = {
  entry_edited: 'An entry is not what was written.',
  entry_missing: 'Entries are gone.',
  entry_inserted: 'An entry stands where none was written.',
  head_mismatch: 'The last entry of a chain is not the one that its head names.',
  seal_invalid: 'The head of a chain was written by somebody without the key.',
  chain_missing: 'A chain is gone.',
  chain_edited: 'A chain is not what was opened.',
  anchor_broken: 'What an earlier entry saw of the log is no longer there.',
  event_edited: 'An event of a case is not what was recorded.',
  event_missing: 'An event of a case is gone.',
  event_inserted: 'A case has an event that was never recorded.',
  case_missing: 'A case is gone, and its history is not.',
  case_version: 'A case and its history do not end at the same event.',
} as const

export type AuditFindingKind = keyof typeof auditFindingKinds

/** One thing that does not hold, and where. */
export interface AuditFinding {
  readonly kind: AuditFindingKind
  /** Id of the chain, where it is one. */
  readonly chain: string | null
  /** Number of the entry in its chain, or of the event in its case. */
  readonly seq: number | null
  /** Id of the case, where it is about one. */
  readonly case: string | null
  /** One sentence for a person. */
  readonly detail: string
}

export type Report = (finding: AuditFinding) => void

/**
 * A time of the database as the hashed texts hold it, to the millisecond. What cannot be said so was not
 * written by the hub, and gives a text that no hash fits.
 */
export function hashedTime(us: number | null): string {
  const isWritten = us !== null && us % 1_000 === 0 && Math.abs(us) <= 8.64e18
  return isWritten ? new Date(us / 1_000).toISOString() : `${us} us`
}
