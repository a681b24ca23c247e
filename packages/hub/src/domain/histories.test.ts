import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisStates, type EventType, eventData, eventTypes } from '@backhaul/sdk/canonical'
import fc from 'fast-check'
import type { Room, StampedEvent } from './stamped-event.ts'
import { everything, minute } from './story.test.ts'

/**
 * How much the property tests try: 1 in every run, more in the nightly one
 * (`BACKHAUL_PROPERTY_SCALE=10`).
 */
export const scale = Number(process.env['BACKHAUL_PROPERTY_SCALE'] ?? '1')

/** Runs of a property, and the seed that a failing run is repeated with. */
export function runs(numRuns: number) {
  const seed = process.env['BACKHAUL_PROPERTY_SEED']
  return { numRuns: Math.ceil(numRuns * scale), ...(seed ? { seed: Number(seed) } : {}) }
}

/** How many events the property tests of this process have applied. */
export const tally = { events: 0, histories: 0 }

/** Numbers from which an event is made: small ones make simple events, so that a failure shrinks to one. */
type Genes = readonly number[]
const genesPerEvent = 9

/** Reads choices out of genes, one after the other. */
class Choices {
  readonly #genes: Genes
  #at = 0

  constructor(genes: Genes) {
    this.#genes = genes
  }

  below(limit: number): number {
    const gene = this.#genes[this.#at % this.#genes.length] ?? 0
    this.#at += 1
    return (gene >> ((this.#at * 3) % 11)) % limit
  }

  of<T>(pool: readonly T[]): T {
    return pool[this.below(pool.length)] as T
  }
}

const quantities = [
  '1',
  '2',
  '3',
  '4',
  '0.5',
  '1.25',
  '2.000001',
  '7',
  '100',
  '999999999999.999999',
] as const
const amounts = [
  '29.75',
  '25.00',
  '0.01',
  '119.00',
  '10.00',
  '59.50',
  '100.00',
  '238.00',
  '0.00',
  '999999999999.99',
] as const
const currencies = ['EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'EUR', 'USD'] as const
const lineNumbers = [1, 2, 3, 1, 2, 1, 9] as const
const products = [
  { sku: 'PUMP-1' },
  { sku: 'PUMP-2' },
  { gtin: '04012345678901' },
  { sku: 'OTHER' },
] as const

const money = (c: Choices) => ({ amount: c.of(amounts), currency: c.of(currencies) })
const zeroOr = (c: Choices) => c.of(['0', ...quantities])
const some = <T>(c: Choices, make: (c: Choices) => T): T[] =>
  Array.from({ length: 1 + c.below(3) }, () => make(c))
const maybe = <T>(c: Choices, value: T): T | undefined => (c.below(2) === 0 ? undefined : value)
const id = (c: Choices, prefix: string) => `${prefix}${1 + c.below(3)}`
const lineNos = (c: Choices) => c.of([undefined, [1], [2], [1, 2], undefined, [1], [9]])

const invoiced = (c: Choices) => ({
  invoiceLine: id(c, 'inv'),
  quantity: c.of(['4', '2', '3', '1', '100']),
  net: { amount: c.of(['100.00', '50.00', '0.00', '33.33']), currency: c.of(currencies) },
  tax: { amount: c.of(['19.00', '9.50', '0.00', '6.34']), currency: 'EUR' },
})

const tender = (c: Choices) => ({
  paymentId: id(c, 'pay'),
  method: c.of(['card', 'gift_card', 'marketplace', 'bank', 'on_account']),
  captured: { amount: c.of(['119.00', '60.00', '500.00', '0.00']), currency: c.of(currencies) },
  refunded: maybe(c, { amount: '10.00', currency: 'EUR' }),
})

const requestedLine = (c: Choices) => ({
  lineNo: c.of([1, 2, 3]),
  product: c.of(products),
  quantity: c.of(['4', '2', '3', '1', '0.5', '1.25']),
  serials: maybe(c, ['sn1', 'sn2']),
  reason: {
    code: c.of(['poor_fit', 'defective_consumer', 'damaged_in_transit', 'warranty_failure']),
  },
  requestedResolution: c.of(['refund', 'credit', 'replacement', 'repair', 'store_credit', 'none']),
  returnRequired: c.below(5) !== 4,
  freightPayer: c.of([undefined, 'seller', 'customer']),
  origin: { invoiced: c.below(4) === 3 ? undefined : invoiced(c) },
})

const fee = (c: Choices) => ({
  kind: 'restocking',
  net: { amount: c.of(['10.00', '1.00', '500.00']), currency: 'EUR' },
  tax: { amount: c.of(['1.90', '0.00']), currency: 'EUR' },
})
const method = (c: Choices) =>
  c.of(['credit_note', 'card_refund', 'cash_refund', 'marketplace_refund', 'store_credit'] as const)

const credit = (c: Choices) => ({
  creditId: c.of(['c1', 'c2', 'c3', 'credit-1-0', 'credit-2-0']),
  lines:
    c.below(6) === 5
      ? []
      : some(c, () => ({
          lineNo: c.of(lineNumbers),
          quantity: zeroOr(c),
          net: money(c),
          tax: { amount: c.of(['4.75', '0.00', '19.00']), currency: 'EUR' },
        })),
  fees: c.below(4) === 3 ? [fee(c)] : [],
  goodwill: c.below(6) === 5 ? money(c) : undefined,
  total: money(c),
  method: method(c),
})

const disposed = (c: Choices) => ({
  lineNo: c.of(lineNumbers),
  quantity: c.of(quantities),
  code: c.of(['restock_a', 'scrap', 'send_back_to_customer', 'rtv', 'refurbish']),
})

const parcelRef = (c: Choices) => ({
  parcelId: c.of([undefined, 'in-1', 'p1', 'out-1']),
  tracking: c.of([undefined, undefined, 't1', 'out-t1']),
  lineNos: lineNos(c),
})
const lineStatement = (c: Choices) => ({ lineNos: lineNos(c) })
const creditRef = (c: Choices) => ({
  creditId: c.of(['c1', 'c2', 'c3', 'credit-1-0', 'credit-2-0']),
})
const shipment = (c: Choices) => ({
  fulfillmentId: c.of(['f1', 'replacement-1', 'repair-1', 'send-back-d1']),
  lineNos: lineNos(c),
  tracking: c.of([undefined, 'out-t1', 'out-t2']),
})
const refund = (c: Choices) => ({
  refundId: c.of(['r1', 'r2', 'r3', 'credit-1-0-pay1']),
  creditId: c.of([undefined, 'c1', 'c2', 'credit-1-0']),
  paymentId: c.of([undefined, 'pay1', 'pay2', 'pay9']),
  method: method(c),
  amount: money(c),
})
const claim = (c: Choices) => ({ claimId: id(c, 'v'), lineNos: lineNos(c) })
const exceptionKey = (c: Choices) =>
  c.of([
    'RX03:line:1',
    'RX04:line:1',
    'RX01:line:1',
    'FN04:credit:c1',
    'FN03:credit:c1',
    'FN02:line:1',
    'IT04:claim:w1',
    'LG02:case',
    'RK01:case',
    'RX05:receipt:rc1',
    'FN07:delivery:x1',
    'nothing',
  ])
const flags = (c: Choices) => c.of([[], ['fraud_review'], ['hazmat', 'vip']])

/** What each event may say. Ids, lines and amounts come from small pools, so that statements meet. */
const sayings: { readonly [T in EventType]: (c: Choices) => object } = {
  'return.requested': (c) => ({
    channel: c.of(['ecommerce', 'marketplace']),
    kind: c.of(['standard', 'standard', 'advance_exchange']),
    sourceRef: id(c, 'req'),
    customer: { partyId: 'p1' },
    orderRefs: c.of([[], ['so1'], ['so1', 'so2']]),
    currency: 'EUR',
    flags: flags(c),
    lines: some(c, requestedLine),
    tenders: c.below(3) === 2 ? undefined : some(c, tender),
  }),
  'order.recorded': (c) => ({
    orderRef: id(c, 'so'),
    currency: c.of([undefined, undefined, 'EUR', 'USD']),
    lines: some(c, () => ({
      lineNo: c.of(lineNumbers),
      orderLine: c.of([undefined, 'sol1', 'sol2']),
      product: c.of([undefined, ...products]),
      invoiced: maybe(c, invoiced(c)),
    })),
    tenders: c.below(2) === 1 ? [] : [tender(c)],
  }),
  'return.review_started': lineStatement,
  'return.info_requested': lineStatement,
  'return.info_provided': lineStatement,
  'return.approved': (c) => ({
    validUntil: c.of([undefined, '2026-11-02T08:30:00Z', '2026-12-24T00:00:00+01:00']),
    lines: some(c, () => ({
      lineNo: c.of([1, 2, 3, 1, 2, 9]),
      quantity: c.of(['4', '2', '3', '1', '0', '0.5', '5']),
      resolution: c.of([undefined, 'refund', 'replacement', 'repair']),
      returnRequired: c.of([undefined, undefined, true, false]),
      inspectionRequired: c.of([undefined, undefined, true, false]),
      supplierRecovery: c.of([undefined, true]),
    })),
    settlement: c.of([
      undefined,
      {
        method: method(c),
        trigger: c.of(['on_inspection', 'on_receipt', 'on_approval', 'on_first_scan']),
        fees: c.below(3) === 2 ? [fee(c)] : [],
      },
    ]),
  }),
  'return.rejected': lineStatement,
  'return.appealed': lineStatement,
  'return.canceled': lineStatement,
  'return.expired': lineStatement,
  'return.extended': (c) => ({
    validUntil: c.of(['2026-11-02T09:00:00Z', '2026-12-31T00:00:00Z']),
  }),
  'label.issued': (c) => ({
    parcel: {
      parcelId: c.of(['in-1', 'p1', 'out-1']),
      direction: c.of(['inbound', 'outbound', 'to_vendor']),
      tracking: c.of([undefined, 't1', 'out-t1']),
      lines: c.of([undefined, [{ lineNo: 1, quantity: '2' }], [{ lineNo: 2, quantity: '4' }]]),
    },
  }),
  'label.voided': (c) => ({ parcelId: c.of(['in-1', 'p1', 'out-1']) }),
  'label.failed': (c) => ({ parcelId: c.of([undefined, 'in-1']), code: 'NO_SERVICE' }),
  'parcel.in_transit': parcelRef,
  'parcel.delayed': parcelRef,
  'parcel.damaged': parcelRef,
  'parcel.lost': parcelRef,
  'parcel.returned_to_sender': parcelRef,
  'parcel.weighed': (c) => ({
    ...parcelRef(c),
    expectedGrams: 1000,
    actualGrams: c.of([1000, 0, 5000]),
  }),
  'parcel.delivered': parcelRef,
  'goods.expected': lineStatement,
  'goods.received': (c) => ({
    receiptId: id(c, 'rc'),
    complete: maybe(c, true),
    parcelId: c.of([undefined, 'in-1']),
    lines: some(c, () => ({
      lineNo: c.of([1, 2, undefined, 3, 1, 2, 9]),
      product: c.of([undefined, undefined, ...products]),
      quantity: c.of(quantities),
      serials: c.of([undefined, ['sn1'], ['sn9']]),
      lots: c.of([undefined, ['lot1'], ['lot2']]),
      condition: c.of(['ok', 'ok', 'wet', 'hazardous']),
      missingParts: maybe(c, true),
    })),
  }),
  'goods.receipt_reversed': (c) => ({ receiptId: id(c, 'rv'), reversalOf: id(c, 'rc') }),
  'goods.closed_short': lineStatement,
  'goods.refused': lineStatement,
  'inspection.started': lineStatement,
  'inspection.completed': (c) => ({
    inspectionId: id(c, 'in'),
    lines: some(c, () => ({
      lineNo: c.of(lineNumbers),
      accepted: c.of(['1', '2', '4', '0', '0.5']),
      rejected: c.of(['0', '0', '1', '2']),
      fault: c.of([undefined, 'supplier', 'own_warehouse', 'customer']),
      finding: c.of([undefined, 'not_defective']),
      proposed: c.of([undefined, 'restock_a', 'scrap', 'send_back_to_customer']),
    })),
  }),
  'inspection.reopened': lineStatement,
  'disposition.proposed': (c) => ({ dispositionId: id(c, 'd'), lines: some(c, disposed) }),
  'disposition.approved': (c) => ({ dispositionId: c.of(['d1', 'd2', 'inspection-in1']) }),
  'disposition.executed': (c) => ({
    dispositionId: c.of(['d1', 'd2', 'd3', 'inspection-in1']),
    lines: maybe(c, some(c, disposed)),
  }),
  'disposition.reversed': (c) => ({ dispositionId: c.of(['d1', 'd2', 'inspection-in1']) }),
  'credit.proposed': (c) => ({ credit: credit(c) }),
  'credit.approval_requested': creditRef,
  'credit.approved': (c) => ({ credit: credit(c) }),
  'credit.declined': creditRef,
  'credit.drafted': (c) => ({ credit: credit(c) }),
  'credit.posted': (c) => ({ credit: credit(c) }),
  'credit.reversed': creditRef,
  'credit.failed': (c) => ({
    creditId: c.of([undefined, 'c1', 'credit-1-0']),
    code: 'PERIOD_LOCKED',
  }),
  'refund.released': refund,
  'refund.settled': refund,
  'refund.failed': (c) => ({ refundId: c.of(['r1', 'r2', 'credit-1-0-pay1']) }),
  'replacement.planned': shipment,
  'replacement.ordered': (c) => ({ ...shipment(c), dueAt: maybe(c, '2026-11-02T09:00:00Z') }),
  'replacement.out_of_stock': shipment,
  'replacement.shipped': shipment,
  'replacement.delivered': shipment,
  'replacement.canceled': shipment,
  'repair.planned': shipment,
  'repair.started': shipment,
  'repair.completed': shipment,
  'send_back.shipped': (c) => ({
    ...shipment(c),
    quantities: maybe(c, [{ lineNo: 1, quantity: c.of(quantities) }]),
  }),
  'supplier_claim.identified': (c) => ({
    ...claim(c),
    vendor: 'acme',
    basis: 'warranty',
    submitBy: maybe(c, '2026-11-20T00:00:00Z'),
  }),
  'supplier_claim.submitted': (c) => ({ ...claim(c), claimed: maybe(c, money(c)) }),
  'supplier_claim.authorized': (c) => ({ ...claim(c), agreed: maybe(c, money(c)) }),
  'supplier_claim.denied': claim,
  'supplier_claim.shipped': claim,
  'supplier_claim.credited': (c) => ({ ...claim(c), credited: money(c) }),
  'supplier_claim.disputed': claim,
  'supplier_claim.written_off': claim,
  'status.reported': (c) => {
    const axis = c.of(Object.keys(axisStates) as (keyof typeof axisStates)[])
    return { axis, state: c.of([...axisStates[axis], 'nonsense']), lineNos: lineNos(c) }
  },
  'claim.accepted': (c) => ({ claimId: `w${c.below(20)}` }),
  'claim.rejected': (c) => ({ claimId: `w${c.below(20)}` }),
  'exception.raised': (c) => ({
    code: c.of(['CU01', 'RX04', 'FN08', 'RK01']),
    object: c.of(['case', 'line:1']),
  }),
  'exception.assigned': (c) => ({
    exceptionKey: exceptionKey(c),
    queue: 'CS',
    owner: c.of([undefined, null, 'ann']),
  }),
  'exception.resolved': (c) => ({
    exceptionKey: exceptionKey(c),
    action: c.of([
      'extend_authorization',
      'close_short',
      'approve_goodwill',
      'accept_claim',
      'reject_claim',
      'expire',
      'clear',
    ]),
  }),
  'exception.reopened': (c) => ({ exceptionKey: exceptionKey(c) }),
  'case.noted': () => ({ note: 'hello' }),
  'case.flagged': (c) => ({ flags: flags(c) }),
  'case.reopened': () => ({}),
  'delivery.confirmed': () => ({ deliveryId: 'x1', command: 'credit.draft', role: 'erp' }),
  'delivery.died': (c) => ({
    deliveryId: id(c, 'x'),
    command: c.of(['credit.draft', 'order.look_up']),
    role: 'erp',
    connection: 'erp',
    code: 'TIMEOUT',
    lateAt: c.of([undefined, minute(40), minute(4_000)]),
    exception: c.of([undefined, 'IT01', 'FN07', 'FN04', 'IT04']),
  }),
  'delivery.delayed': (c) => ({
    deliveryId: id(c, 'x'),
    command: c.of(['credit.draft', 'ticket.update']),
    role: 'erp',
    connection: 'erp',
  }),
  'delivery.recovered': (c) => ({ deliveryId: id(c, 'x'), command: 'credit.draft' }),
  'timer.fired': (c) => ({
    timer: c.of([
      'expiry',
      'QA01',
      'LG02',
      'LG03',
      'LG05',
      'FN06',
      'CU04',
      'PU02',
      'PU03',
      'delay',
    ]),
    key: c.of(['case', 'week-1', 'c1', 'f1', 'v1']),
  }),
}

const authorities = [everything, everything, everything, '', 'S', 'R', 'ATRI'] as const
const rooms: readonly (Room | undefined)[] = [
  undefined,
  undefined,
  undefined,
  { lines: { 1: { quantity: '1', minor: 3000 } } },
  { payments: { pay1: 1000 } },
]

/** Forward in time for most events; a few stand weeks later, so that timers fall due. */
const delays = [0, 1, 2, 5, 10, 20, 30, 45, 60, 20_000, 80_000] as const

function eventOf(genes: Genes, index: number, types: readonly EventType[]): StampedEvent {
  const c = new Choices(genes)
  const type = types[(genes[0] ?? 0) % types.length] as EventType
  const at = c.of(delays) + c.below(60)
  const room = c.of(rooms)
  const owns = c.of(authorities)
  const data = parsed(type, sayings[type](c))
  return {
    id: `w${index}`,
    type,
    occurredAt: minute(at),
    source: c.of(['erp', 'shop', 'wms']),
    actor: 'test',
    owns,
    data,
    ...(room ? { room } : {}),
  }
}

/** As it comes out of the published schema: with defaults, without fields that are left out. */
function parsed(type: EventType, data: object): StampedEvent['data'] {
  return eventData[type].parse(JSON.parse(JSON.stringify(data)))
}

/** Events that move things, several times as often as those that only talk. */
const busyTypes: readonly EventType[] = [
  ...eventTypes,
  ...Array.from({ length: 4 }, () => 'return.approved' as const),
  ...Array.from({ length: 4 }, () => 'goods.received' as const),
  ...Array.from({ length: 3 }, () => 'inspection.completed' as const),
  ...Array.from({ length: 4 }, () => 'credit.posted' as const),
  ...Array.from({ length: 2 }, () => 'refund.settled' as const),
  ...Array.from({ length: 2 }, () => 'credit.reversed' as const),
  ...Array.from({ length: 2 }, () => 'goods.receipt_reversed' as const),
  ...Array.from({ length: 2 }, () => 'exception.resolved' as const),
  ...Array.from({ length: 2 }, () => 'supplier_claim.submitted' as const),
  ...Array.from({ length: 2 }, () => 'supplier_claim.credited' as const),
]

const genes = fc.array(fc.nat(0xffff), { minLength: genesPerEvent, maxLength: genesPerEvent })

/** Any events in any order, from anyone, at any time. Most have a request among them. */
export function wildHistory(maxLength: number): fc.Arbitrary<StampedEvent[]> {
  return fc
    .tuple(fc.nat(9), fc.array(genes, { minLength: 1, maxLength, size: 'max' }))
    .map(([opening, all]) =>
      all.map((each, index) =>
        eventOf(each, index, index === 0 && opening > 0 ? ['return.requested'] : busyTypes),
      ),
    )
}

test('every kind of event can occur in a wild history, and passes the published schema', () => {
  const seen = new Set<EventType>()
  for (const history of fc.sample(wildHistory(30), { numRuns: 400, seed: 7 })) {
    for (const { type } of history) seen.add(type)
  }
  assert.deepEqual(
    eventTypes.filter((type) => !seen.has(type)),
    [],
  )
})
