import { type ExternalRef, identifyingRefTypes } from '@backhaul/sdk/canonical'
import { HubError } from '../platform/errors.ts'
import { type CaseOwner, findCaseOwner, setCaseOwner } from '../store/case-owners.ts'
import { findCase, findCaseCustomer, findCasesByIdentifier } from '../store/case-queries.ts'
import { findContact } from '../store/contacts.ts'
import { withTransaction } from '../store/database.ts'
import { listCustomerWords } from '../store/timeline.ts'
import type { MessageResult } from './message.ts'
import { type ActionDeps, type Person, say } from './person-actions.ts'

/**
 * Gives a return to a person, or back to nobody (`owner: null`).
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function assignCase(
  deps: Pick<ActionDeps, 'pool' | 'record'>,
  input: { readonly idOrNo: string; readonly owner: string | null },
  { actor }: Pick<Person, 'actor'>,
): Promise<CaseOwner | null> {
  const { caseId } = await getCase(deps, input.idOrNo)
  const { owner } = input
  await withTransaction(deps.pool, async (tx) => {
    if (!(await setCaseOwner(tx, { caseId, owner, by: actor }))) return
    const entry = { actor, action: 'return.assigned', objectType: 'return', objectId: caseId }
    await deps.record(tx, [{ ...entry, detail: { owner } }])
  })
  return findCaseOwner(deps.pool, caseId)
}

const identifying: ReadonlySet<string> = new Set(identifyingRefTypes)
const mostLookedAt = 20

/**
 * Ties an identifier of another system to a return by hand: a note in its history that carries it.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when the identifier belongs to another return.
 */
export async function linkRef(
  deps: ActionDeps,
  input: { readonly idOrNo: string; readonly ref: ExternalRef; readonly note?: string | undefined },
  by: Person,
): Promise<MessageResult> {
  const { caseId } = await getCase(deps, input.idOrNo)
  const { system, type, value } = input.ref
  if (identifying.has(type)) {
    const known = await findCasesByIdentifier(deps.pool, { value, limit: mostLookedAt })
    const other = known.find(
      (one) => one.system === system && one.type === type && one.caseId !== caseId,
    )
    if (other !== undefined) {
      throw new HubError('CONFLICT', `${type} ${value} of ${system} belongs to ${other.caseNo}.`, {
        details: { caseNo: other.caseNo },
      })
    }
  }
  const note = input.note ?? `Linked by hand: ${type} ${value} of ${system}.`
  const data = { note, refs: [input.ref] }
  return say(deps, { type: 'case.noted', caseId, data }, by)
}

/**
 * Calls a return off.
 *
 * @throws {HubError} NOT_FOUND; CONFLICT when too much of it is under way.
 */
export async function cancelCase(
  deps: ActionDeps,
  input: {
    readonly idOrNo: string
    readonly reason: string
    readonly lineNos?: readonly number[] | undefined
  },
  by: Person,
): Promise<MessageResult> {
  const { caseId } = await getCase(deps, input.idOrNo)
  const { reason, lineNos } = input
  const data = { note: reason, ...(lineNos === undefined ? {} : { lineNos: [...lineNos] }) }
  return say(deps, { type: 'return.canceled', caseId, data }, by)
}

/** Who the customer of a return is, and what they wrote. */
export interface RevealedCustomer {
  /** As the request names them. */
  readonly customer: Readonly<Record<string, unknown>> | null
  /** Where the order was delivered. */
  readonly deliveredTo: Readonly<Record<string, unknown>> | null
  readonly words: readonly {
    readonly seq: number
    readonly lineNo: number | null
    readonly text: string
  }[]
}

/**
 * Shows the personal data of a return's customer, and writes down who asked for it and why, in one transaction
 * before anything is shown.
 *
 * @throws {HubError} NOT_FOUND.
 */
export async function revealCustomer(
  deps: Pick<ActionDeps, 'pool' | 'record'>,
  input: { readonly idOrNo: string; readonly reason: string },
  { actor }: Pick<Person, 'actor'>,
): Promise<RevealedCustomer> {
  const found = await getCase(deps, input.idOrNo)
  const { caseId: objectId } = found
  const detail = { reason: input.reason }
  await withTransaction(deps.pool, (tx) =>
    deps.record(tx, [
      { actor, action: 'customer.revealed', objectType: 'return', objectId, detail },
    ]),
  )
  const [customer, contact, words] = await Promise.all([
    findCaseCustomer(deps.pool, found),
    findContact(deps.pool, objectId),
    listCustomerWords(deps.pool, found),
  ])
  return { customer, deliveredTo: objectOf(contact.deliveredTo), words }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null
}

async function getCase({ pool }: Pick<ActionDeps, 'pool'>, idOrNo: string) {
  const found = await findCase(pool, idOrNo)
  if (found === null) throw new HubError('NOT_FOUND', 'There is no such return.')
  return found
}
