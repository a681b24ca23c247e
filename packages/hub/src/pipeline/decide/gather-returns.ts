import {
  type CaseFacts,
  type CaseState,
  factEvents,
  factsOf,
  type KnownReturn,
  serialsOf,
} from '../../domain/index.ts'
import { HubError } from '../../platform/errors.ts'
import type { Queryable } from '../../store/database.ts'
import { listDecidedLines } from '../../store/policy.ts'
import {
  findRelatedCases,
  listEventsOfTypes,
  listRelatedCases,
  type RelatedCase,
} from '../../store/related-cases.ts'
import { currentCases } from '../process/case-states.ts'

/** Returns that rules are asked about, with what they share with others. */
export interface Gathered {
  readonly own: ReadonlyMap<string, KnownReturn>
  /** The others of the same company; null where there are too many of them. */
  readonly othersOf: (caseId: string) => readonly KnownReturn[] | null
}

/** An order with more returns than this stands for something else, such as a number that everybody uses. */
const mostOfOneName = 200
const attempts = 5

/**
 * Reads what the rules may ask of cases: their states, what was told of their orders, and the other returns
 * that share an order or a serial number with them. All of it in a handful of statements, whatever their number.
 *
 * @throws {HubError} OVERLOADED when another return changes faster than it can be read.
 */
export async function gatherReturns(
  db: Queryable,
  caseIds: readonly string[],
  onOrders: (names: readonly string[]) => Promise<void>,
): Promise<Gathered> {
  const own = await readStates(db, caseIds)
  await onOrders([...own.values()].flatMap(orderNames))
  const related = await findRelatedCases(db, {
    orderRefs: distinct([...own.values()].flatMap(({ state }) => state.header.orderRefs)),
    serials: distinct([...own.values()].flatMap(({ state }) => allSerials(state))),
    atMost: mostOfOneName,
  })
  const byName = groupedBy(related, ({ name }) => name)
  const otherIds = distinct(related.map(({ caseId }) => caseId)).filter((id) => !own.has(id))
  const states = new Map([...own, ...(await readStates(db, otherIds))])
  const known = await knownReturns(db, [...states.values()])
  const othersOf = (caseId: string): KnownReturn[] | null => {
    const mine = own.get(caseId)
    if (mine === undefined) return []
    const names = namesOf(mine)
    if (names.some((name) => (byName.get(name)?.length ?? 0) > mostOfOneName)) return null
    const ids = distinct(names.flatMap((name) => byName.get(name)?.map((one) => one.caseId) ?? []))
    return ids.flatMap((id) => {
      const isOther = id !== caseId && states.get(id)?.row.company === mine.row.company
      return (isOther && known.get(id)) || []
    })
  }
  const ownKnown = [...known].filter(([caseId]) => own.has(caseId))
  return { own: new Map(ownKnown), othersOf }
}

/**
 * The returns of a company that share an order or a serial number with one that is not there, as `gatherReturns`
 * finds them; null where there are too many of them.
 *
 * @throws {HubError} OVERLOADED when one of them changes faster than it can be read.
 */
export async function gatherOthers(
  db: Queryable,
  state: CaseState,
): Promise<readonly KnownReturn[] | null> {
  const related = await findRelatedCases(db, {
    orderRefs: distinct(state.header.orderRefs),
    serials: distinct(allSerials(state)),
    atMost: mostOfOneName,
  })
  const byName = groupedBy(related, ({ name }) => name)
  if ([...byName.values()].some(({ length }) => length > mostOfOneName)) return null
  const states = await readStates(db, distinct(related.map(({ caseId }) => caseId)))
  const { company } = state.header
  const known = await knownReturns(
    db,
    [...states.values()].filter(({ row }) => row.company === company),
  )
  return [...known.values()]
}

interface ReadState {
  readonly row: RelatedCase
  readonly state: CaseState
}

function orderNames({ row, state }: ReadState): string[] {
  return state.header.orderRefs.map((ref) => `${row.company} ${ref}`)
}

function namesOf({ state }: ReadState): string[] {
  return [
    ...state.header.orderRefs.map((ref) => `order ${ref}`),
    ...allSerials(state).map((serial) => `serial ${serial}`),
  ]
}

function allSerials(state: CaseState): string[] {
  return state.lines.flatMap((line) => serialsOf({ state }, line))
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}

function groupedBy<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return groups
}

/** States by case. One that changed between two statements is read again. */
async function readStates(
  db: Queryable,
  caseIds: readonly string[],
): Promise<Map<string, ReadState>> {
  const read = new Map<string, ReadState>()
  let left = caseIds
  for (let attempt = 1; attempt <= attempts && left.length > 0; attempt += 1) {
    const rows = await listRelatedCases(db, left)
    const current = await currentCases(
      db,
      rows.map((row) => ({ row, known: undefined })),
    )
    for (const row of rows) {
      const one = current.get(row.caseId)
      if (one) read.set(row.caseId, { row, state: one.state })
    }
    left = rows.flatMap(({ caseId }) => (read.has(caseId) ? [] : [caseId as string]))
  }
  if (left.length === 0) return read
  const message = 'A return is changing too fast to be read.'
  throw new HubError('OVERLOADED', message, { retryAfterSeconds: 1 })
}

async function knownReturns(
  db: Queryable,
  states: readonly ReadState[],
): Promise<Map<string, KnownReturn>> {
  const cases = states.map(({ row }) => row)
  const facts = await readFacts(db, states)
  const decided = await listDecidedLines(
    db,
    cases.map(({ caseId }) => caseId),
  )
  const byCase = groupedBy(decided, ({ caseId }) => caseId)
  const known = states.map(({ row, state }): [string, KnownReturn] => {
    const { caseId, caseNo, caseSeq } = row
    const quantities = new Map<number, string>()
    for (const { lineNo, quantity } of byCase.get(caseId) ?? []) quantities.set(lineNo, quantity)
    return [
      caseId,
      {
        caseId,
        caseNo,
        caseSeq,
        state,
        facts: facts.get(caseId) ?? factsOf([], ''),
        decided: quantities,
      },
    ]
  })
  return new Map(known)
}

async function readFacts(
  db: Queryable,
  states: readonly ReadState[],
): Promise<Map<string, CaseFacts>> {
  const events = await listEventsOfTypes(db, {
    cases: states.map(({ row }) => row),
    types: factEvents,
  })
  const byCase = groupedBy(events, ({ caseId }) => caseId)
  return new Map(
    states.map(({ row, state }) => [
      row.caseId as string,
      factsOf(byCase.get(row.caseId) ?? [], state.opened.id),
    ]),
  )
}
