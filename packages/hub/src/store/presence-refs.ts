import { type ExternalRef, type Headline, headlines } from '@backhaul/sdk/canonical'
import type { Queryable } from './database.ts'
import type { BoundRef } from './refs.ts'

/** Returns under these are done; `case_headline_ended` has the same ones. */
const ended = ['closed', 'canceled', 'rejected', 'expired'] as const satisfies readonly Headline[]
const open = headlines.filter((headline) => !ended.some((one) => one === headline))

/** How far the returns have been gone through: those that are open by headline, then those that have ended. */
export type PresencePlace =
  | { readonly headline: string; readonly caseSeq: number }
  /** `since`: a time of the database's, with all its digits. */
  | { readonly endedSince: string; readonly caseId: string }

export interface PresenceRefs {
  readonly refs: readonly BoundRef[]
  /** Where the next part begins; null behind the last one. */
  readonly next: PresencePlace | null
}

/** What a system is asked about. */
export interface PresenceScope {
  readonly system: string
  readonly types: readonly string[]
  /** How many returns to look at. */
  readonly cases: number
  /** Returns that ended longer ago are left alone. */
  readonly endedDays: number
}

interface Row extends Partial<Pick<ExternalRef, 'type' | 'value'>> {
  readonly caseId: BoundRef['caseId']
  readonly caseSeq: number
  readonly since: string
}

/** Parts without any identifier that are passed over at once. */
const mostPassed = 20

/** The identifiers that a system has in the next returns. */
export async function listPresenceRefs(
  db: Queryable,
  scope: PresenceScope,
  from: PresencePlace | null,
): Promise<PresenceRefs> {
  let place: PresencePlace = from ?? { headline: open[0] ?? '', caseSeq: 0 }
  for (let passed = 0; ; passed += 1) {
    const rows: Row[] =
      'headline' in place ? await listOpen(db, scope, place) : await listEnded(db, scope, place)
    const next = placeAfter(place, rows.at(-1))
    const refs = rows.flatMap(({ caseId, type, value }) =>
      type && value ? [{ caseId, system: scope.system, type, value }] : [],
    )
    if (refs.length > 0 || next === null || passed >= mostPassed) return { refs, next }
    place = next
  }
}

function placeAfter(place: PresencePlace, last: Row | undefined): PresencePlace | null {
  if ('endedSince' in place) {
    return last === undefined ? null : { endedSince: last.since, caseId: last.caseId }
  }
  if (last !== undefined) return { headline: place.headline, caseSeq: last.caseSeq }
  const following = open[open.findIndex((one) => one === place.headline) + 1]
  if (following !== undefined) return { headline: following, caseSeq: 0 }
  return { endedSince: '-infinity', caseId: '00000000-0000-0000-0000-000000000000' }
}

const columns = `h.case_id as "caseId", h.case_seq as "caseSeq", h.since::text as since, r.type, r.value`
const refsOfThem = `left join external_ref r on r.case_id = h.case_id and r.system = $1 and r.type = any ($2)`

async function listOpen(
  db: Queryable,
  { system, types, cases }: PresenceScope,
  { headline, caseSeq }: { readonly headline: string; readonly caseSeq: number },
): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `select ${columns}
     from (select case_id, case_seq, since from case_headline
           where headline = $4 and case_seq > $5 order by case_seq limit $3) h
     ${refsOfThem} order by h.case_seq`,
    [system, types, cases, headline, caseSeq],
  )
  return rows
}

async function listEnded(
  db: Queryable,
  { system, types, cases, endedDays }: PresenceScope,
  { endedSince, caseId }: { readonly endedSince: string; readonly caseId: string },
): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    // Literals, as they stand in the index: the planner knows no others.
    `select ${columns}
     from (select case_id, case_seq, since from case_headline
           where headline in (${ended.map((one) => `'${one}'`).join(', ')})
             and since > now() - make_interval(days => $6) and (since, case_id) > ($4::timestamptz, $5::uuid)
           order by since, case_id limit $3) h
     ${refsOfThem} order by h.since, h.case_id`,
    [system, types, cases, endedSince, caseId, endedDays],
  )
  return rows
}
