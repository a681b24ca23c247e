import type { Headline } from '@backhaul/sdk/canonical'
import { normalizeIdentifier } from './case-queries.ts'

/** Which cases a list holds. Everything that is given has to fit. */
export interface CaseFilter {
  /** `aging`: not done, and where it is since before `agingBefore`. */
  readonly stage?: string | undefined
  readonly agingBefore?: Date | undefined
  readonly headline?: Headline | undefined
  readonly channel?: string | undefined
  readonly company?: string | undefined
  readonly kind?: string | undefined
  readonly priority?: string | undefined
  readonly waitingOn?: string | undefined
  readonly owner?: string | undefined
  /** The headline has not changed since, or has. */
  readonly sinceBefore?: Date | undefined
  readonly sinceAfter?: Date | undefined
  readonly createdFrom?: Date | undefined
  readonly createdTo?: Date | undefined
  readonly updatedFrom?: Date | undefined
  readonly updatedTo?: Date | undefined
  /** Any identifier, whole and exact: a case, order, tracking, ticket, credit note number. */
  readonly identifier?: string | undefined
  /** How any identifier begins. */
  readonly prefix?: string | undefined
  /** Only these. */
  readonly caseIds?: readonly string[] | undefined
}

/** Conditions of a statement, and the values that they name by number. */
export class Conditions {
  readonly texts: string[] = []
  readonly values: unknown[] = []

  /** Adds a condition; each `?` in it stands for the next of `values`. */
  add(condition: string, ...values: unknown[]): void {
    let at = 0
    this.texts.push(
      condition.replaceAll('?', () => {
        this.values.push(values[at])
        at += 1
        return `$${this.values.length}`
      }),
    )
  }

  /** The number of a value that is no condition. */
  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  get text(): string {
    return this.texts.length === 0 ? 'true' : this.texts.join(' and ')
  }
}

/** A time of ours is at most this far from that in an id that was made with it. */
const skewMs = 86_400_000
/** As in `headline-writes.ts`: nothing was written later than this after `touched_at`. */
const touchMs = 5 * 60_000

/**
 * Adds what a filter says about `h`, a row of `case_headline`, or for what `return_case` has as well, about `list`.
 * Times of the case itself are looked up for each row that fits the rest.
 */
export function addCaseConditions(
  conditions: Conditions,
  filter: CaseFilter,
  list: 'h' | 'u',
): void {
  addStage(conditions, filter)
  const { headline, channel, company, kind, priority, waitingOn, owner } = filter
  if (headline !== undefined) conditions.add('h.headline = ?', headline)
  if (channel !== undefined) conditions.add(`${list}.channel = ?`, channel)
  if (company !== undefined) conditions.add(`${list}.company = ?`, company)
  if (kind !== undefined) conditions.add('h.kind = ?', kind)
  if (priority !== undefined) conditions.add('h.priority = ?', priority)
  if (waitingOn !== undefined) conditions.add('h.waiting_on = ?', waitingOn)
  if (owner !== undefined) {
    conditions.add(
      `${list}.case_id in (select case_id from case_owner where owner = ? union all select case_id from case_headline where owner = ?)`,
      owner,
      owner,
    )
  }
  addTimes(conditions, filter)
  const { identifier, prefix, caseIds } = filter
  if (caseIds !== undefined) conditions.add(`${list}.case_id = any (?::uuid[])`, caseIds)
  if (identifier !== undefined) {
    conditions.add(
      `${list}.case_id in (select case_id from external_ref where value = ?)`,
      normalizeIdentifier(identifier),
    )
  }
  if (prefix !== undefined) {
    conditions.add(
      `${list}.case_id in (select case_id from external_ref where value like ?)`,
      like(prefix),
    )
  }
}

/** A pattern for what begins so; case numbers are typed in either case. */
function like(prefix: string): string {
  const start = prefix.toUpperCase().startsWith('RMA-') ? prefix.toUpperCase() : prefix
  return `${start.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
}

function addStage(conditions: Conditions, { stage, agingBefore }: CaseFilter): void {
  if (stage === undefined) return
  // Written out where a partial index has to be seen to fit.
  if (stage === 'aging') conditions.add(`h.stage <> 'done' and h.since < ?`, agingBefore)
  else if (stage === 'needs_review') conditions.add('h.needs_review')
  else if (stage === 'done') conditions.add(`h.stage = 'done'`)
  else conditions.add('h.stage = ?', stage)
}

function addTimes(conditions: Conditions, filter: CaseFilter): void {
  const { sinceBefore, sinceAfter, createdFrom, createdTo, updatedFrom, updatedTo } = filter
  // Age is that of what goes on.
  if (sinceBefore !== undefined) conditions.add(`h.stage <> 'done' and h.since < ?`, sinceBefore)
  if (sinceAfter !== undefined) conditions.add('h.since >= ?', sinceAfter)
  if (createdFrom !== undefined) {
    conditions.add('h.case_id >= ?', idFloor(createdFrom.getTime() - skewMs))
    conditions.add(`${ofCase('created_at')} >= ?`, createdFrom)
  }
  if (createdTo !== undefined) {
    conditions.add('h.case_id < ?', idFloor(createdTo.getTime() + skewMs))
    conditions.add(`${ofCase('created_at')} < ?`, createdTo)
  }
  if (updatedFrom !== undefined) {
    conditions.add('h.touched_at >= ?', new Date(updatedFrom.getTime() - touchMs))
    conditions.add(`${ofCase('updated_at')} >= ?`, updatedFrom)
  }
  if (updatedTo !== undefined) {
    conditions.add('h.touched_at < ?', updatedTo)
    conditions.add(`${ofCase('updated_at')} < ?`, updatedTo)
  }
}

function ofCase(column: 'created_at' | 'updated_at'): string {
  return `(select ${column} from return_case where case_id = h.case_id)`
}

/** The lowest id that can have been made at a time. */
function idFloor(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
