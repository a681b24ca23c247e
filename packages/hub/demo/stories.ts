import { pick, type Random } from '../bench/workload/random.ts'
import type { KindName, PlannedReturn } from '../test/lifecycle/kinds.ts'
import type { People, ShownReturn } from '../test/lifecycle/people.ts'
import { plays } from '../test/lifecycle/play.ts'

/**
 * Where the story of a return stops: some end, and others stand where somebody has to move next, so that every state
 * and the commonest troubles are there to be looked at.
 */
const storyNames = [
  'finished',
  'finished_in_parts',
  'three_outcomes',
  'damaged',
  'short',
  'canceled',
  'rejected',
  'asked_twice',
  'authorized',
  'shipped',
  'arrived',
  'partly_received',
  'to_inspect',
  'to_decide',
  'wrong_item',
  'too_many',
  'held',
  'refund_failed',
  'unknown_word',
  'mail_refused',
] as const
export type StoryName = (typeof storyNames)[number]

/** The number of the case it is about, once it is known; null where there is none yet. */
export type Story = (people: People) => Promise<string | null>

// biome-ignore format: a table
const mix: readonly (readonly [StoryName, number])[] = [
  ['finished', 24], ['finished_in_parts', 8], ['three_outcomes', 6], ['damaged', 4], ['short', 3],
  ['canceled', 4], ['rejected', 4], ['asked_twice', 2], ['authorized', 10], ['shipped', 8], ['arrived', 5],
  ['partly_received', 5], ['to_inspect', 6], ['to_decide', 4], ['wrong_item', 2], ['too_many', 1], ['held', 2],
  ['refund_failed', 1], ['unknown_word', 1], ['mail_refused', 1],
]

const deck = mix.flatMap(([name, share]) => Array.from({ length: share }, () => name))

/** The stories of the seed: each at least once, and then as often as its share. */
export function drawStories(count: number, random: Random): StoryName[] {
  return Array.from({ length: count }, (_, index) => storyNames[index] ?? drawStory(random))
}

export function drawStory(random: Random): StoryName {
  return pick(random, deck as [StoryName, ...StoryName[]])
}

/** Shops take orders in turns; some stories need one of the two. */
export function fitsOrder(story: StoryName, orderNumber: number): boolean {
  return story !== 'unknown_word' || orderNumber % 2 === 0
}

async function authorized(people: People): Promise<ShownReturn> {
  people.customerAsks()
  const [first] = await people.returns()
  return people.authorized(first?.id ?? '')
}

async function shipped(people: People): Promise<{ shown: ShownReturn; tracking: string }> {
  const { id } = await authorized(people)
  const shown = await people.wait(id, 'a label', ({ parcels }) =>
    parcels.some((parcel) => parcel.tracking !== null),
  )
  const tracking = shown.parcels.find((parcel) => parcel.tracking !== null)?.tracking ?? ''
  people.town.neighborhood.easypost.scan(tracking, { status: 'in_transit', city: 'Reno' })
  return { shown, tracking }
}

async function arrived(people: People): Promise<ShownReturn> {
  const { shown, tracking } = await shipped(people)
  people.town.neighborhood.easypost.scan(tracking, { status: 'delivered', city: 'Austin' })
  return shown
}

async function received(people: People, quantity: number): Promise<ShownReturn> {
  const shown = await arrived(people)
  people.receive(shown, quantity)
  return people.wait(shown.id, 'a receipt', ({ receipts }) => receipts.length > 0)
}

async function settled(people: People): Promise<ShownReturn> {
  const { quantity } = people.planned
  const shown = await received(people, quantity)
  people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
  await people.decideDispositions(shown.id, 1)
  return people.wait(shown.id, 'a refund', ({ refunds }) => refunds.length > 0)
}

/** A story that the lifecycle plays from its beginning to its end. */
function played(kind: KindName): Story {
  return async (people) => {
    const [first] = await plays[kind](people)
    return first === undefined ? null : (await people.see(first.id)).caseNo
  }
}

export const stories: Readonly<Record<StoryName, Story>> = {
  finished: async (people) => (await settled(people)).caseNo,
  finished_in_parts: played('partial'),
  three_outcomes: played('outcomes'),
  damaged: played('damaged'),
  short: played('short'),
  canceled: played('canceled'),
  rejected: played('rejected'),
  asked_twice: async (people) => {
    await authorized(people)
    people.agentStarts(people.planned.sku)
    const [, second] = await people.returns(2)
    return second?.caseNo ?? null
  },
  authorized: async (people) => (await authorized(people)).caseNo,
  shipped: async (people) => (await shipped(people)).shown.caseNo,
  arrived: async (people) => (await arrived(people)).caseNo,
  partly_received: async (people) => (await received(people, people.planned.quantity - 1)).caseNo,
  to_inspect: async (people) => (await received(people, people.planned.quantity)).caseNo,
  to_decide: async (people) => {
    const { quantity } = people.planned
    const shown = await received(people, quantity)
    people.inspect(shown, { accepted: quantity, disposition: 'repair_own' })
    return shown.caseNo
  },
  wrong_item: async (people) => {
    const { caseNo } = await arrived(people)
    const found = { caseNo, kind: 'wrong_item', lineNo: 1, note: 'A lamp, and no bolts.' }
    people.town.neighborhood.warehouse.work.report(found)
    return caseNo
  },
  too_many: async (people) => (await received(people, people.planned.quantity + 2)).caseNo,
  held: async (people) => {
    const { quantity } = people.planned
    const shown = await received(people, quantity)
    const detail = 'Fourth return of this customer in two weeks.'
    await people.say('agent', shown.id, {
      type: 'exception.raised',
      data: { code: 'RK01', detail },
    })
    people.inspect(shown, { accepted: quantity, disposition: 'restock_a' })
    return shown.caseNo
  },
  refund_failed: async (people) => {
    const shown = await settled(people)
    const { stripe } = people.town.neighborhood
    const refund = stripe
      .refunds()
      .find(({ payment_intent }) => payment_intent === people.order.paymentId)
    if (refund !== undefined) stripe.fail(refund.id, 'expired_or_canceled_card')
    return shown.caseNo
  },
  unknown_word: async (people) => {
    people.customerAsks(people.planned.quantity, 'crushed_by_forklift')
    return null
  },
  mail_refused: async (people) => {
    people.town.neighborhood.smtp.vices.refusedAsSpam += 1
    return (await authorized(people)).caseNo
  },
}

/** A return of the order with the same number: enough units for every story to be what its name says. */
export function planFor(number: number, random: Random): PlannedReturn {
  const isLamp = random() < 0.3
  const quantity = 3 + Math.floor(random() * (isLamp ? 2 : 10))
  const sku = isLamp ? 'RH-LAMP-20W' : 'RH-BOLT-M8'
  // A story that a kind of the lifecycle plays reads no more of this than the goods.
  return { number, kind: 'plain', sku, quantity }
}
