import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  optional,
  record,
  string,
  union,
  unknown,
} from 'zod/mini'
import { ask, fetchBody, type Query } from '../../api/client.ts'

const money = object({ amount: string(), currency: string() })

/** What the sentence says: a code, and the values that codes have. */
const fact = object({
  code: string(),
  received: optional(string()),
  expected: optional(nullable(string())),
  warehouse: optional(nullable(string())),
  at: optional(nullable(string())),
  quantity: optional(string()),
  headline: optional(string()),
  since: optional(string()),
  by: optional(array(string())),
  amount: optional(money),
  waitsFor: optional(array(string())),
})
export type Fact = Infer<typeof fact>

const owed = object({
  what: string(),
  who: object({
    kind: string(),
    role: optional(string()),
    queue: optional(string()),
    owner: optional(nullable(string())),
    connectionId: optional(string()),
  }),
  about: nullable(string()),
  lineNos: array(number()),
  since: nullable(string()),
  dueAt: nullable(string()),
  blockedBy: array(string()),
  count: number(),
})
export type Owed = Infer<typeof owed>

const line = object({
  lineNo: number(),
  product: nullable(record(string(), unknown())),
  unit: string(),
  reason: nullable(string()),
  resolution: string(),
  returnRequired: boolean(),
  axes: record(string(), string()),
  since: record(string(), string()),
  quantities: record(string(), string()),
})
export type Line = Infer<typeof line>

const exception = object({
  id: string(),
  key: string(),
  code: string(),
  title: string(),
  severity: string(),
  queue: string(),
  owner: nullable(string()),
  status: string(),
  detail: nullable(string()),
  openedAt: string(),
  dueAt: nullable(string()),
  actions: array(string()),
})
export type CaseException = Infer<typeof exception>

const caseView = object({
  id: string(),
  caseNo: string(),
  version: number(),
  headline: string(),
  since: string(),
  sentence: string(),
  facts: array(fact),
  owedNext: array(owed),
  money: object({
    expected: nullable(money),
    uncut: nullable(money),
    approved: money,
    posted: money,
    released: money,
    settled: money,
    unreleased: array(
      object({
        amount: money,
        waitsFor: string(),
        creditId: nullable(string()),
        lineNos: array(number()),
        since: nullable(string()),
      }),
    ),
  }),
  owner: nullable(object({ owner: string(), assignedBy: string(), assignedAt: string() })),
  company: string(),
  channel: string(),
  rmaNo: nullable(string()),
  validUntil: nullable(string()),
  warehouse: nullable(string()),
  orderRefs: array(string()),
  customer: nullable(
    object({
      partyId: string(),
      name: optional(string()),
      email: optional(string()),
      shipFrom: optional(record(string(), unknown())),
      isMasked: boolean(),
    }),
  ),
  lines: array(line),
  tenders: array(
    object({ paymentId: string(), method: string(), captured: money, refunded: money }),
  ),
  exceptions: array(exception),
  createdAt: string(),
})
export type CaseView = Infer<typeof caseView>

const attempt = object({
  at: string(),
  outcome: string(),
  status: nullable(number()),
  code: nullable(string()),
  reason: nullable(string()),
})
const delivery = object({
  id: string(),
  connectionId: string(),
  command: string(),
  state: string(),
  attempts: number(),
  createdAt: string(),
  dueAt: nullable(string()),
  lastAttempt: nullable(
    object({ at: nullable(string()), code: nullable(string()), reason: nullable(string()) }),
  ),
})
export type CaseDelivery = Infer<typeof delivery>

const move = object({
  lineNo: optional(nullable(number())),
  axis: optional(string()),
  from: optional(string()),
  to: optional(string()),
})
const entry = object({
  seq: number(),
  type: string(),
  source: string(),
  actor: string(),
  occurredAt: string(),
  recordedAt: string(),
  messageId: string(),
  data: unknown(),
  effect: object({
    outcome: optional(string()),
    code: optional(string()),
    reason: optional(string()),
    moves: optional(array(move)),
    raised: optional(array(string())),
    cleared: optional(array(string())),
  }),
  deliveries: array(object({ ...delivery.shape, tries: array(attempt) })),
  summary: object({
    code: string(),
    values: record(string(), union([string(), number(), boolean(), array(number())])),
  }),
  isLate: boolean(),
  ruleSet: nullable(object({ name: string(), version: number() })),
  mapping: nullable(object({ name: string(), version: number() })),
  topic: nullable(string()),
  traceId: nullable(string()),
})
export type Entry = Infer<typeof entry>

const timelinePage = object({ data: array(entry), next_cursor: nullable(string()) })

const word = object({ type: string(), occurredAt: string(), recordedAt: string() })
const knownSystem = object({
  system: string(),
  connection: nullable(
    object({
      id: string(),
      title: string(),
      connector: string(),
      state: string(),
      reason: nullable(string()),
    }),
  ),
  plays: array(string()),
  refs: array(object({ type: string(), value: string(), url: nullable(string()) })),
  heard: nullable(object({ ...word.shape, events: number() })),
  says: array(
    object({
      axis: string(),
      last: object({ ...word.shape, state: nullable(string()) }),
      ours: array(string()),
    }),
  ),
  told: nullable(delivery),
  mismatches: array(
    object({
      axis: nullable(string()),
      theirs: array(string()),
      ours: array(string()),
      since: string(),
      by: string(),
      key: string(),
    }),
  ),
  refresh: array(string()),
})
export type System = Infer<typeof knownSystem>
const systems = object({ data: array(knownSystem), asOf: string() })

const refreshed = object({
  steps: array(
    object({
      way: string(),
      scope: string(),
      outcome: string(),
      name: nullable(string()),
      gone: array(string()),
      sentence: nullable(string()),
    }),
  ),
  at: string(),
})
export type Refreshed = Infer<typeof refreshed>

const revealed = object({
  customer: nullable(record(string(), unknown())),
  deliveredTo: nullable(record(string(), unknown())),
  words: array(object({ seq: number(), lineNo: nullable(number()), text: string() })),
})
export type Revealed = Infer<typeof revealed>

export const caseKey = (caseNo: string) => ['returns', caseNo] as const

/** The address of a case in the API: what the screen shows is there for programs too. */
export function caseAddress(caseNo: string): string {
  return `/api/v1/returns/${encodeURIComponent(caseNo)}`
}

export function readCase(caseNo: string, signal?: AbortSignal): Promise<CaseView> {
  return fetchBody(caseAddress(caseNo), caseView, signal ? { signal } : {})
}

const peeked = object({ version: number() })

/** Which version a case has by now. */
export async function peekVersion(caseNo: string): Promise<number> {
  return (await fetchBody(caseAddress(caseNo), peeked)).version
}

export function readTimeline(caseNo: string, query: Query) {
  return fetchBody(`${caseAddress(caseNo)}/timeline`, timelinePage, { query })
}

export function readSystems(caseNo: string) {
  return fetchBody(`${caseAddress(caseNo)}/systems`, systems)
}

export function refreshSystem(caseNo: string, system: string): Promise<Refreshed> {
  const path = `${caseAddress(caseNo)}/systems/${encodeURIComponent(system)}/refresh`
  return fetchBody(path, refreshed, { method: 'POST' })
}

export function revealCustomer(caseNo: string, reason: string): Promise<Revealed> {
  return fetchBody(`${caseAddress(caseNo)}/reveal`, revealed, { method: 'POST', body: { reason } })
}

/** Does something with a case or a part of it: what came of it is read anew afterwards. */
export async function act(
  path: string,
  body: unknown,
  method: 'POST' | 'PUT' = 'POST',
): Promise<void> {
  await ask(path, unknown(), { method, body })
}
