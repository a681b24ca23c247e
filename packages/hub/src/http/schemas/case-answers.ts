import {
  exceptionCodes,
  exceptionQueues,
  headlines,
  keysOf,
  money,
  systemRoles,
} from '@backhaul/sdk/canonical'
import { z } from 'zod'
import {
  type CaseState,
  factsNow,
  moneyOf,
  moneyWaits,
  owedCodes,
  owedNextOf,
  type StandingFact,
  sayFacts,
} from '../../domain/index.ts'
import type { CaseOwner } from '../../store/case-owners.ts'
import type { DeliveryRecord } from '../../store/delivery-queries.ts'
import type { ExceptionRecord } from '../../store/exception-queries.ts'
import { amounts } from './amounts.ts'
import { iso, isoOrNull, text, textOrNull, time, timeOrNull } from './common.ts'

const moneyWait = z.enum(moneyWaits)

const fact = z
  .discriminatedUnion('code', [
    z.object({
      code: z.literal('goods_received'),
      received: text.describe('Units, as all quantities of facts.'),
      expected: textOrNull.describe('Null: they came without an authorization.'),
      warehouse: textOrNull,
      at: timeOrNull.describe('Of the last receipt.'),
    }),
    z.object({ code: z.literal('goods_surplus'), quantity: text }),
    z.object({ code: z.literal('goods_short'), quantity: text }),
    z.object({ code: z.literal('stands'), headline: z.enum(headlines), since: time }),
    z.object({ code: z.literal('held'), by: z.array(keysOf(exceptionCodes)), since: time }),
    z.object({ code: z.literal('money_unknown') }),
    z.object({
      code: z.literal('money_not_released'),
      amount: money,
      waitsFor: z.array(moneyWait),
    }),
    z.object({ code: z.literal('money_released'), amount: money }),
    z.object({ code: z.literal('money_settled'), amount: money }),
    z.object({ code: z.literal('customer_told_late') }),
  ])
  .meta({
    id: 'ReturnFact',
    description: 'A part of what `sentence` says, to be said in another language and time zone.',
  })

const owed = z
  .object({
    what: z
      .enum([...owedCodes, 'resolve_exception', 'take_command'])
      .describe('`take_command`: a command has not got through to a connection yet.'),
    who: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('customer') }),
      z.object({ kind: z.literal('role'), role: z.enum(systemRoles) }),
      z.object({
        kind: z.literal('queue'),
        queue: z.enum(exceptionQueues),
        owner: textOrNull.describe('The person that has it.'),
      }),
      z.object({ kind: z.literal('connection'), connectionId: text }),
    ]),
    about: textOrNull.describe(
      'A credit, disposition, fulfillment or claim by its id, an exception by its key, a command.',
    ),
    lineNos: z.array(z.int()).describe('Empty: not about single lines.'),
    since: timeOrNull,
    dueAt: timeOrNull,
    blockedBy: z.array(text).describe('Keys of the open exceptions that hold it up.'),
    count: z.int().describe('How many commands wait for the connection; 1 for all else.'),
  })
  .meta({ id: 'OwedNext', description: 'What somebody has to do next for the return to go on.' })

const moneyStanding = z
  .object({
    expected: money
      .nullable()
      .describe('All that the customer should get; null while a price is not known.'),
    uncut: money.nullable().describe('Of that, what no credit has been cut for.'),
    approved: money.describe('In credits that are proposed, approved or drafted.'),
    posted: money,
    released: money.describe('On its way or there; a credit note is there when it is posted.'),
    settled: money.describe('The customer has it.'),
    unreleased: z.array(
      z.object({
        amount: money,
        waitsFor: moneyWait,
        creditId: textOrNull,
        lineNos: z.array(z.int()),
        since: timeOrNull,
      }),
    ),
  })
  .meta({ id: 'MoneyStanding', description: 'Where the money of a return is.' })

export const ownerField = z
  .object({ owner: text, assignedBy: text, assignedAt: time })
  .nullable()
  .describe('Who looks after the return, if somebody does.')

/** What is said of a return beside what is kept of it. */
export const answerFields = {
  facts: z.array(fact).describe('What `sentence` says, each with its values.'),
  owedNext: z.array(owed).describe('What is owed to whom next, in the order of a return’s way.'),
  money: moneyStanding,
  owner: ownerField,
}

const answers = z.object(answerFields)

/** What answers are made of beside the state. */
export interface AnswerParts {
  /** When the headline last changed. */
  readonly since: Date
  readonly owner: CaseOwner | null
  readonly exceptions: readonly ExceptionRecord[]
  /** Deliveries that wait or died. */
  readonly undelivered: readonly DeliveryRecord[]
}

export function answersView(
  state: CaseState,
  { since, owner: owned, exceptions, undelivered }: AnswerParts,
): z.infer<typeof answers> & { readonly sentence: string } {
  const { currency } = state.header
  const facts = factsNow(state, { since: iso(since) })
  return {
    sentence: sayFacts(facts, currency),
    facts: facts.map((one) => factView(one, currency)),
    owedNext: [
      ...exceptions.filter(({ status }) => status === 'open').map(owedToException),
      ...owedToConnections(undelivered),
      ...owedNextOf(state).map(({ lineNos, blockedBy, who, ...one }) => ({
        ...one,
        who: who.kind === 'queue' ? { ...who, owner: null } : who,
        lineNos: [...lineNos],
        blockedBy: [...blockedBy],
        count: 1,
      })),
    ],
    money: moneyView(state),
    owner: ownerView(owned),
  }
}

function owedToException(one: ExceptionRecord): z.infer<typeof owed> {
  const { key, queue, owner, openedAt, dueAt } = one
  return {
    what: 'resolve_exception',
    who: { kind: 'queue', queue, owner },
    about: key,
    lineNos: [],
    since: iso(openedAt),
    dueAt: isoOrNull(dueAt),
    blockedBy: [],
    count: 1,
  }
}

/** What a connection does not take, as one: what waits behind the oldest waits for the same. */
export function owedToConnections(undelivered: readonly DeliveryRecord[]): z.infer<typeof owed>[] {
  const connectionIds = [...new Set(undelivered.map(({ connectionId }) => connectionId))]
  return connectionIds.flatMap((connectionId) => {
    const waiting = undelivered.filter((one) => one.connectionId === connectionId)
    const [oldest] = waiting.toSorted((a, b) => a.deliveryNo - b.deliveryNo)
    // One that has not been tried yet is on its way.
    if (oldest === undefined || waiting.every(({ attempts }) => attempts === 0)) return []
    const times = waiting.flatMap(({ dueAt }) => dueAt?.getTime() ?? [])
    return [
      {
        what: 'take_command',
        who: { kind: 'connection', connectionId },
        about: oldest.commandType,
        lineNos: [],
        since: iso(oldest.createdAt),
        dueAt: times.length === 0 ? null : iso(new Date(Math.min(...times))),
        blockedBy: [],
        count: waiting.length,
      },
    ]
  })
}

export function ownerView(owned: CaseOwner | null): z.infer<typeof ownerField> {
  return owned && { ...owned, assignedAt: iso(owned.assignedAt) }
}

function factView(given: StandingFact, currency: string): z.infer<typeof fact> {
  if (given.code === 'held') return { ...given, by: [...given.by] }
  if (!('minor' in given)) return given
  const amount = amounts(currency).amount(given.minor)
  if (given.code === 'money_not_released') {
    return { code: given.code, amount, waitsFor: [...given.waitsFor] }
  }
  return { code: given.code, amount }
}

function moneyView(state: CaseState): z.infer<typeof moneyStanding> {
  const { amount, amountOrNull } = amounts(state.header.currency)
  const found = moneyOf(state)
  return {
    expected: amountOrNull(found.expectedMinor),
    uncut: amountOrNull(found.uncutMinor),
    approved: amount(found.approvedMinor),
    posted: amount(found.postedMinor),
    released: amount(found.releasedMinor),
    settled: amount(found.settledMinor),
    unreleased: found.unreleased.map(({ minor, lineNos, ...one }) => ({
      ...one,
      amount: amount(minor),
      lineNos: [...lineNos],
    })),
  }
}
