import { beginAuditSnapshot, countAudited, streamChainsByNumber } from '../store/audit-scan.ts'
import { type Pool, type Tx, withTransaction } from '../store/database.ts'
import { checkChains } from './audit/check-chains.ts'
import { checkHistory } from './audit/check-history.ts'
import { LinkWalk } from './audit/check-links.ts'
import type { Report } from './audit/finding.ts'

export interface AuditVerification {
  /** Keys of which one has to have sealed each head: those of all master keys that the hub was given. */
  readonly sealKeys: readonly Buffer[]
  /** Since when the history of cases is kept; what is older may be gone. */
  readonly keptSince: Date
  /** Told of each thing that does not hold, as soon as it is found. */
  readonly report: Report
  readonly onProgress?: (progress: AuditProgress) => void
}

/** How far a verification has come: it looks at each entry, and then at each event again. */
export interface AuditProgress {
  readonly done: number
  readonly total: number
}

/** What a verification looked at, and how much of it does not hold. */
export interface AuditReport {
  readonly chains: number
  readonly entries: number
  readonly events: number
  readonly anchors: number
  readonly findings: number
}

/**
 * Verifies the audit log and the history of the cases that it vouches for, as of one moment, while the
 * hub goes on working. Memory does not grow with the log.
 *
 * It finds what was edited, deleted or put in by somebody who writes to the database but has no master
 * key. What such a person can do unseen is to take out the newest chains whole, when nothing in them is
 * about a case and no anchor has named them yet.
 */
export function verifyAudit(pool: Pool, verification: AuditVerification): Promise<AuditReport> {
  return withTransaction(pool, async (tx) => {
    await beginAuditSnapshot(tx)
    return verifyIn(tx, verification)
  })
}

async function verifyIn(
  tx: Tx,
  { sealKeys, keptSince, report, onProgress = () => {} }: AuditVerification,
): Promise<AuditReport> {
  let findings = 0
  const count: Report = (finding) => {
    findings += 1
    report(finding)
  }
  const expected = await countAudited(tx)
  const total = expected.entries + expected.events
  const chains = await checkLinks(tx, count)
  const checked = await checkChains(tx, {
    sealKeys,
    keptSince,
    report: count,
    onEntries: (entries) => onProgress({ done: entries, total }),
  })
  await checkHistory(tx, {
    keptSince,
    report: count,
    onEvents: (events) => onProgress({ done: checked.entries + events, total }),
  })
  return { chains, ...checked, findings }
}

async function checkLinks(tx: Tx, report: Report): Promise<number> {
  const walk = new LinkWalk(report)
  let chains = 0
  for await (const chain of streamChainsByNumber(tx)) {
    walk.take(chain)
    chains += 1
  }
  return chains
}
