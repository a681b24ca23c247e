import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CommandBody, type EventType, toMinor } from '@backhaul/sdk/canonical'
import fc from 'fast-check'
import type { CaseState } from './case-state.ts'
import { apply, isLate } from './decide.ts'
import type { OwedCommand } from './decision.ts'
import { isOnHold } from './exceptions/raise.ts'
import { fold } from './fold.ts'
import { runs, tally } from './histories.test.ts'
import { compare, plus } from './ledger/decimal.ts'
import { settleable } from './ledger/lines.ts'
import type { StampedEvent } from './stamped-event.ts'
import { stillOwed, withinIssued } from './still-owed.ts'
import { asked, askedLine, eur, stamped } from './story.test.ts'

interface Arrival {
  readonly tick: number
  readonly event: StampedEvent
}

/**
 * A return among systems that do all that they are told, once for each key, and check nothing: what
 * they were told is what went out. Everything that is said arrives late by some ticks, so that the hub
 * often learns what was before only after it has acted.
 */
class Neighborhood {
  state: CaseState | null = null
  readonly issued: OwedCommand[] = []
  readonly #history: StampedEvent[] = []
  readonly #delays: readonly number[]
  #arrivals: Arrival[] = []
  #said = 0
  /** What the ERP has posted and what payments have paid, by the id of the document. */
  readonly posted = new Map<string, CommandBody<'credit.draft'>['credit']>()
  readonly paid = new Map<string, number>()
  readonly #drafts = new Map<string, CommandBody<'credit.draft'>['credit']>()

  constructor(delays: readonly number[]) {
    this.#delays = delays
  }

  /** Somebody says what happened at `at`; the hub hears of it some ticks later. */
  say(type: EventType, at: number, data: object): void {
    this.#said += 1
    const delay = this.#delays[this.#said % this.#delays.length] ?? 0
    const event = stamped(`n${this.#said}`, type, { data, at })
    const tick = type === 'return.requested' ? 0 : at + delay
    this.#arrivals.push({ tick, event })
  }

  run(): CaseState {
    while (this.#arrivals.length > 0) {
      this.#arrivals.sort((a, b) => a.tick - b.tick)
      const [next, ...rest] = this.#arrivals
      this.#arrivals = rest
      if (next) this.#hear(next)
    }
    assert.ok(this.state, 'this.state is missing')
    return this.state
  }

  #hear({ tick, event }: Arrival): void {
    tally.events += 1
    this.#history.push(event)
    for (const command of this.#owed(event)) {
      this.issued.push(command)
      this.#obey(command, tick)
    }
  }

  #owed(event: StampedEvent): readonly OwedCommand[] {
    if (this.state === null || !isLate(this.state, event)) {
      const { decision, state } = apply(this.state, event)
      this.state = state
      return decision.outcome === 'applied'
        ? withinIssued(decision.owes, decision.next, this.issued)
        : []
    }
    const folded = fold(this.#history)
    this.state = folded.state
    return stillOwed(folded, this.issued)
  }

  #obey({ type, body }: OwedCommand, tick: number): void {
    if (type === 'credit.draft') {
      const { credit } = body as CommandBody<'credit.draft'>
      this.#drafts.set(credit.creditId, credit)
      this.say('credit.drafted', tick + 1, { credit })
    } else if (type === 'credit.post') {
      const { creditId } = body as CommandBody<'credit.post'>
      const credit = this.#drafts.get(creditId)
      if (!credit || this.posted.has(creditId)) return
      this.posted.set(creditId, credit)
      this.say('credit.posted', tick + 1, { credit })
    } else if (type === 'refund.issue') {
      const { refundId, creditId, paymentId, method, amount } = body as CommandBody<'refund.issue'>
      if (this.paid.has(refundId)) return
      this.paid.set(refundId, toMinor(amount))
      this.say('refund.settled', tick + 1, { refundId, creditId, paymentId, method, amount })
    }
  }
}

const triggers = ['on_inspection', 'on_receipt', 'on_inspection'] as const

/** A return of two lines in several receipts and inspections, some of them taken back. */
const journey = fc.record({
  trigger: fc.nat(2),
  delays: fc.array(fc.oneof(fc.constant(0), fc.nat(40)), { minLength: 7, maxLength: 7 }),
  receipts: fc.array(
    fc.record({ lineNo: fc.constantFrom(1, 2), units: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 5, size: 'max' },
  ),
  reversed: fc.option(fc.nat(4), { freq: 3 }),
})

type Journey = typeof journey extends fc.Arbitrary<infer J> ? J : never

function live({ trigger, delays, receipts, reversed }: Journey) {
  const world = new Neighborhood(delays)
  const tenders = [
    { paymentId: 'gift-1', method: 'gift_card', captured: eur('60.00') },
    { paymentId: 'card-1', method: 'card', captured: eur('178.00') },
  ]
  world.say('return.requested', 0, asked({ lines: [askedLine(1), askedLine(2)], tenders }))
  world.say('return.approved', 1, {
    lines: [
      { lineNo: 1, quantity: '4' },
      { lineNo: 2, quantity: '4' },
    ],
    settlement: { method: 'card_refund', trigger: triggers[trigger] },
  })
  for (const [index, { lineNo, units }] of receipts.entries()) {
    const at = 3 + index * 6
    const quantity = String(units)
    world.say('goods.received', at, { receiptId: `r${index}`, lines: [{ lineNo, quantity }] })
    world.say('inspection.completed', at + 2, {
      inspectionId: `i${index}`,
      lines: [{ lineNo, accepted: quantity, rejected: '0' }],
    })
  }
  if (reversed !== null && reversed < receipts.length) {
    world.say('goods.receipt_reversed', 5 + reversed * 6, {
      receiptId: 'rv',
      reversalOf: `r${reversed}`,
    })
  }
  return { world, state: world.run() }
}

function unitsPosted(world: Neighborhood, lineNo: number): string {
  let total = '0'
  for (const { lines } of world.posted.values()) {
    for (const line of lines) if (line.lineNo === lineNo) total = plus(total, line.quantity)
  }
  return total
}

const totalOf = (amounts: Iterable<number>) => [...amounts].reduce((sum, minor) => sum + minor, 0)

const units = (lineNo: 1 | 2, ...each: number[]) => each.map((one) => ({ lineNo, units: one }))

function paysNothingTwice(choices: Journey): void {
  tally.histories += 1
  const { world } = live(choices)
  for (const lineNo of [1, 2]) assert.equal(compare(unitsPosted(world, lineNo), '4') <= 0, true)
  const posted = totalOf([...world.posted.values()].map(({ total }) => toMinor(total)))
  const paid = totalOf(world.paid.values())
  assert.ok(posted <= 23_800, `posted ${posted}`)
  assert.ok(paid <= posted, `paid ${paid} of ${posted}`)
}

test('however late the news come, neighbors that obey blindly never credit a unit or pay an amount twice', () => {
  fc.assert(fc.property(journey, paysNothingTwice), runs(2_500))
})

test('a credit that the ERP is still at work on is not asked for again, when a receipt taken back has moved the plans', () => {
  const receipts = [...units(1, 1, 1), ...units(2, 2), ...units(1, 3), ...units(2, 2)]
  paysNothingTwice({ trigger: 1, delays: [0, 0, 0, 0, 0, 0, 16], receipts, reversed: 1 })
})

test('a refund that is shared out otherwise in the end is not paid above its credit', () => {
  const receipts = [...units(1, 1, 2), ...units(2, 3), ...units(1, 1, 2)]
  paysNothingTwice({ trigger: 1, delays: [0, 3, 9, 0, 0, 0, 9], receipts, reversed: 1 })
})

function paysWhatIsDue(choices: Journey): void {
  const { world, state } = live({ ...choices, reversed: null })
  if (isOnHold(state)) return
  for (const line of state.lines) {
    assert.equal(unitsPosted(world, line.lineNo), settleable(state, line), `line ${line.lineNo}`)
  }
  const posted = totalOf([...world.posted.values()].map(({ total }) => toMinor(total)))
  assert.equal(totalOf(world.paid.values()), posted)
}

test('however late the news come, what is due in the end has been credited and paid', () => {
  fc.assert(fc.property(journey, paysWhatIsDue), runs(1_500))
})

test('a credit that was planned for two units is asked for one, when the other has been drafted in between', () => {
  const receipts = [...units(1, 2, 1), ...units(2, 1, 1), ...units(1, 1)]
  paysWhatIsDue({ trigger: 0, delays: [18, 0, 0, 32, 0, 4, 0], receipts, reversed: null })
})
