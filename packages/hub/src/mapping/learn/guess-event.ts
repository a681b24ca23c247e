import type { EventType } from '@backhaul/sdk/canonical'
import type { ConceptName } from './concepts.ts'
import { readName } from './name-lemmas.ts'

/** Kinds of message that can be learned; `transport` and `status` come to several types of event. */
export const learnableTypes = [
  'return.requested',
  'goods.received',
  'inspection.completed',
  'parcel.in_transit',
  'status.reported',
  'refund.settled',
  'label.issued',
] as const satisfies readonly EventType[]
export type LearnableType = (typeof learnableTypes)[number]

interface Clues {
  /** Lemmas in the name of the topic. */
  readonly topic: readonly string[]
  /** What such a message tells. */
  readonly tells: readonly ConceptName[]
  /** What it does not tell. */
  readonly lacks: readonly ConceptName[]
}

const clues: Readonly<Record<LearnableType, Clues>> = {
  'return.requested': {
    topic: ['return', 'request', 'claim'],
    tells: ['reason', 'quantity', 'orderId', 'sku', 'customerId', 'returnId'],
    lacks: ['receiptId', 'inspectionId', 'refundId', 'accepted'],
  },
  'goods.received': {
    topic: ['receipt', 'warehouse'],
    tells: ['receiptId', 'quantity', 'sku', 'condition', 'warehouse'],
    lacks: ['reason', 'amount', 'accepted', 'email'],
  },
  'inspection.completed': {
    topic: ['inspection', 'grade'],
    tells: ['inspectionId', 'accepted', 'rejected', 'grade', 'lineId'],
    lacks: ['reason', 'amount', 'email'],
  },
  'parcel.in_transit': {
    topic: ['tracking', 'shipment', 'carrier'],
    tells: ['tracking', 'status', 'carrier', 'location', 'happenedAt'],
    lacks: ['quantity', 'reason', 'amount', 'labelUrl'],
  },
  'status.reported': {
    topic: ['status', 'updated'],
    tells: ['status', 'returnId', 'happenedAt'],
    lacks: ['quantity', 'reason', 'tracking', 'amount', 'sku'],
  },
  'refund.settled': {
    topic: ['refund', 'credit', 'payment'],
    tells: ['refundId', 'amount', 'method', 'currency'],
    lacks: ['reason', 'sku', 'tracking'],
  },
  'label.issued': {
    topic: ['label'],
    tells: ['labelUrl', 'tracking', 'carrier'],
    lacks: ['quantity', 'reason', 'amount'],
  },
}

const topicWeight = 1.5
const lackWeight = 0.6
/** What most channels send; it wins where nothing speaks for anything. */
const usual = 0.5

/** The kind of event that a topic's messages are, by its name and by what they tell. */
export function guessEvent(
  topic: string,
  certainties: ReadonlyMap<ConceptName, number>,
): {
  readonly type: LearnableType
  readonly confidence: number
  readonly choices: readonly LearnableType[]
} {
  const { lemmas } = readName(topic)
  const sure = (concept: ConceptName) => {
    const certainty = certainties.get(concept) ?? 0
    return certainty < 0.7 ? 0 : certainty
  }
  const scored = learnableTypes
    .map((type) => {
      const { topic: words, tells, lacks } = clues[type]
      const named = words.some((word) => lemmas.includes(word)) ? topicWeight : 0
      const told = tells.reduce((sum, concept) => sum + sure(concept), 0) / tells.length
      const against = lacks.reduce((sum, concept) => sum + sure(concept), 0) * lackWeight
      const base = type === 'return.requested' ? usual : 0
      return { type, score: Math.max(0, base + named + 2 * told - against) }
    })
    .toSorted((a, b) => b.score - a.score)
  const [best, second] = scored
  const type = best?.type ?? 'return.requested'
  const score = best?.score ?? 0
  const confidence =
    score === 0 ? 0.3 : 0.5 + 0.5 * Math.min(1, (score - (second?.score ?? 0)) / 1.2)
  const choices = scored.filter((one) => one.score > 0).map((one) => one.type)
  return { type, confidence: Math.min(0.97, confidence), choices }
}
