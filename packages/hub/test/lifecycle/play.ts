import type { KindName } from './kinds.ts'
import type { People, ShownReturn } from './people.ts'

/** What is to have become of a return in the end, line 1 of it. */
export interface Expected {
  readonly id: string
  readonly headline: readonly string[]
  readonly received: number
  readonly credited: number
}

type Play = (people: People) => Promise<Expected[]>

const ended = ['closed', 'refunded']

async function asked(people: People): Promise<ShownReturn> {
  people.customerAsks()
  const [first] = await people.returns()
  return people.authorized(first?.id ?? '')
}

function done(
  { id }: ShownReturn,
  { received, credited = received }: { readonly received: number; readonly credited?: number },
): Expected[] {
  return [{ id, headline: ended, received, credited }]
}

/** How each kind goes, from the request to where only systems are left to work. */
export const plays: Readonly<Record<KindName, Play>> = {
  plain: async (people) => {
    const shown = await asked(people)
    const { quantity } = people.planned
    people.receive(shown, quantity)
    people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    return done(shown, { received: quantity })
  },
  partial: async (people) => {
    const shown = await asked(people)
    const { quantity } = people.planned
    people.receive(shown, 1)
    people.inspect(shown, { accepted: 1, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    people.receive(shown, quantity - 1)
    people.inspect(shown, { accepted: quantity - 1, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 2)
    return done(shown, { received: quantity })
  },
  outcomes: async (people) => {
    const shown = await asked(people)
    const { quantity } = people.planned
    people.receive(shown, quantity)
    people.inspect(shown, { accepted: 1, disposition: 'restock_a' })
    people.inspect(shown, { accepted: 1, disposition: 'repair_own' })
    people.inspect(shown, { accepted: quantity - 2, disposition: 'scrap' })
    await people.decideDispositions(shown.id, 3)
    return done(shown, { received: quantity })
  },
  damaged: async (people) => {
    const shown = await asked(people)
    const { quantity } = people.planned
    people.receive(shown, quantity, 'item_damaged')
    await people.dealsWith(shown.id, 'RX07', 'carrier_claim')
    people.inspect(shown, { accepted: quantity, disposition: 'scrap' })
    await people.decideDispositions(shown.id, 1)
    return done(shown, { received: quantity })
  },
  'two-channels': async (people) => {
    const shown = await asked(people)
    const { quantity, sku } = people.planned
    people.agentStarts(sku)
    const [, second] = await people.returns(2)
    const id = second?.id ?? ''
    // All that the rules leave to a person: it is the same goods.
    await people.wait(
      id,
      'a look at the second',
      ({ lines, exceptions }) =>
        lines.every(({ axes }) => axes.authorization !== 'requested') || exceptions.length > 0,
    )
    await people.say('agent', id, { type: 'return.rejected' })
    people.receive(shown, quantity)
    people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    return [
      ...done(shown, { received: quantity }),
      { id, headline: ['rejected', 'closed'], received: 0, credited: 0 },
    ]
  },
  canceled: async (people) => {
    const { id } = await asked(people)
    await people.say('agent', id, { type: 'return.canceled' })
    return [{ id, headline: ['canceled'], received: 0, credited: 0 }]
  },
  rejected: async (people) => {
    // It is sold, and was no part of the order.
    people.agentStarts('RH-DRILL-18')
    const [first] = await people.returns()
    const { id } = first ?? { id: '' }
    await people.wait(id, 'a rejection', ({ headline }) => headline === 'rejected')
    return [{ id, headline: ['rejected'], received: 0, credited: 0 }]
  },
  short: async (people) => {
    const shown = await asked(people)
    people.receive(shown, 1)
    people.inspect(shown, { accepted: 1, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    const { caseNo } = shown
    people.town.neighborhood.warehouse.work.closeShort({ caseNo, lineNos: [1] })
    return done(shown, { received: 1 })
  },
  'by-agent': async (people) => {
    const { quantity, sku } = people.planned
    people.agentStarts(sku)
    const [first] = await people.returns()
    const shown = await people.authorized(first?.id ?? '')
    people.receive(shown, quantity)
    people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    return done(shown, { received: quantity })
  },
  'before-receipt': async (people) => {
    const shown = await asked(people)
    const { quantity } = people.planned
    await people.say('agent', shown.id, {
      type: 'return.approved',
      data: {
        lines: [{ lineNo: 1, quantity: String(quantity) }],
        settlement: { method: 'card_refund', trigger: 'on_approval' },
      },
    })
    await people.wait(shown.id, 'a credit before the goods', ({ credits }) =>
      credits.some(({ status }) => status === 'posted'),
    )
    people.receive(shown, quantity)
    people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
    await people.decideDispositions(shown.id, 1)
    return done(shown, { received: quantity })
  },
}
