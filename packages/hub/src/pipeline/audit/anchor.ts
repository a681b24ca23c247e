import * as z from 'zod'
import type { AuditHead } from '../../store/audit-scan.ts'

/** What an anchor's audit entry is called, and what it is about. */
export const anchorAction = 'audit.anchored'
export const anchorObject = { objectType: 'audit', objectId: 'audit' } as const

const anchorDetail = z.object({
  heads: z.array(z.tuple([z.string(), z.int(), z.string(), z.string()])),
})

/** The heads as the entry keeps them: `[chain id, seq, hash, time]` each. */
export function anchorDetailOf(heads: readonly AuditHead[]): z.input<typeof anchorDetail> {
  return { heads: heads.map(({ chainId, seq, hash, at }) => [chainId, seq, hash, at]) }
}

/** @returns the heads that an anchor's entry names, or null for a text that no hub has written. */
export function readAnchor(detailText: string | null): AuditHead[] | null {
  if (detailText === null) return null
  const parsed = anchorDetail.safeParse(parseJson(detailText))
  return parsed.success
    ? parsed.data.heads.map(([chainId, seq, hash, at]) => ({ chainId, seq, hash, at }))
    : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
