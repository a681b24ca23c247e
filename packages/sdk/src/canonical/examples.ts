import type { z } from 'zod'
import type { CommandBody, CommandType } from './commands.ts'
import type { EventType, eventData } from './events.ts'

type EventDataInput<T extends EventType> = z.input<(typeof eventData)[T]>

const refs = [{ system: 'shop-eu', type: 'return', value: 'R-1001' }]
const rma = [{ system: 'backhaul', type: 'case_no', value: 'RMA-000123-7' }]
const eur = (amount: string) => ({ amount, currency: 'EUR' })
const scan = { refs: rma, tracking: '00340434161094042557', carrier: 'dhl' }
const credit = {
  creditId: 'C-1',
  lines: [{ lineNo: 1, quantity: '2', net: eur('100.00'), tax: eur('19.00') }],
  total: eur('119.00'),
}
const units = [{ lineNo: 1, quantity: '2', code: 'restock_a' as const }]

/** An example of the data of each event: how a return of two pumps goes, and how it could have gone. */
export const eventExamples: { readonly [T in EventType]: EventDataInput<T> } = {
  'return.requested': {
    refs,
    channel: 'ecommerce',
    sourceRef: 'R-1001',
    customer: { partyId: 'C-77', language: 'de' },
    orderRefs: ['S00042'],
    currency: 'EUR',
    lines: [
      {
        lineNo: 1,
        product: { sku: 'PUMP-12V' },
        quantity: '2',
        reason: { code: 'defective_consumer', text: 'Does not start.' },
        origin: {
          orderLine: 'S00042/1',
          deliveredAt: '2026-11-02T10:00:00Z',
          invoiced: {
            invoiceLine: 'INV/2026/0042/1',
            quantity: '2',
            net: eur('100.00'),
            tax: eur('19.00'),
          },
        },
      },
    ],
    tenders: [{ paymentId: 'pay_1', method: 'card', captured: eur('119.00') }],
  },
  'order.recorded': {
    refs: rma,
    orderRef: 'S00042',
    lines: [{ lineNo: 1, deliveredAt: '2026-11-02T10:00:00Z' }],
  },
  'return.review_started': { refs },
  'return.info_requested': { refs, response: 'picture_requested' },
  'return.info_provided': { refs, note: 'Picture attached to the ticket.' },
  'return.approved': {
    refs,
    rmaNo: 'RMA-000123-7',
    validUntil: '2026-12-23T00:00:00Z',
    warehouse: 'WH1',
    lines: [{ lineNo: 1, quantity: '2', resolution: 'refund' }],
    settlement: { method: 'credit_note', trigger: 'on_inspection' },
  },
  'return.rejected': { refs, response: 'time_limit_exceeded' },
  'return.appealed': { refs },
  'return.canceled': { refs },
  'return.expired': { refs },
  'return.extended': { refs, validUntil: '2027-01-23T00:00:00Z' },
  'label.issued': {
    refs: rma,
    parcel: { parcelId: 'P-1', carrier: 'dhl', tracking: '00340434161094042557' },
    label: { url: 'https://labels.example/P-1.pdf', format: 'pdf', cost: eur('4.90') },
  },
  'label.voided': { refs: rma, parcelId: 'P-1' },
  'label.failed': { refs: rma, parcelId: 'P-1', code: 'ADDRESS_UNKNOWN' },
  'parcel.in_transit': { ...scan, location: 'Leipzig' },
  'parcel.delayed': scan,
  'parcel.damaged': scan,
  'parcel.lost': scan,
  'parcel.returned_to_sender': scan,
  'parcel.weighed': { ...scan, expectedGrams: 4200, actualGrams: 4150 },
  'parcel.delivered': scan,
  'goods.expected': { refs: rma, warehouse: 'WH1' },
  'goods.received': {
    refs: rma,
    receiptId: 'WH1/IN/00042',
    warehouse: 'WH1',
    complete: true,
    lines: [{ lineNo: 1, quantity: '2' }],
  },
  'goods.receipt_reversed': {
    refs: rma,
    receiptId: 'WH1/IN/00043',
    reversalOf: 'WH1/IN/00042',
  },
  'goods.closed_short': { refs: rma, lineNos: [1] },
  'goods.refused': { refs: rma },
  'inspection.started': { refs: rma, inspector: 'Ada' },
  'inspection.completed': {
    refs: rma,
    inspectionId: 'QC-1',
    lines: [{ lineNo: 1, accepted: '2', rejected: '0', grade: 'A', proposed: 'restock_a' }],
  },
  'inspection.reopened': { refs: rma },
  'disposition.proposed': { refs: rma, dispositionId: 'D-1', lines: units },
  'disposition.approved': { refs: rma, dispositionId: 'D-1' },
  'disposition.executed': { refs: rma, dispositionId: 'D-1', document: 'WH1/INT/00017' },
  'disposition.reversed': { refs: rma, dispositionId: 'D-1' },
  'credit.proposed': { refs: rma, credit },
  'credit.approval_requested': { refs: rma, creditId: 'C-1' },
  'credit.approved': { refs: rma, credit },
  'credit.declined': { refs: rma, creditId: 'C-1' },
  'credit.drafted': { refs: rma, credit, document: 'RINV/2026/0007' },
  'credit.posted': { refs: rma, credit, document: 'RINV/2026/0007' },
  'credit.reversed': { refs: rma, creditId: 'C-1' },
  'credit.failed': { refs: rma, creditId: 'C-1', code: 'PERIOD_LOCKED' },
  'refund.released': {
    refs: rma,
    refundId: 're_1',
    creditId: 'C-1',
    paymentId: 'pay_1',
    method: 'card_refund',
    amount: eur('119.00'),
  },
  'refund.settled': { refs: rma, refundId: 're_1', amount: eur('119.00') },
  'refund.failed': { refs: rma, refundId: 're_1', code: 'card_expired' },
  'replacement.planned': { refs: rma, fulfillmentId: 'F-1' },
  'replacement.ordered': { refs: rma, fulfillmentId: 'F-1', dueAt: '2026-12-23T00:00:00Z' },
  'replacement.out_of_stock': { refs: rma, fulfillmentId: 'F-1' },
  'replacement.shipped': { refs: rma, fulfillmentId: 'F-1', tracking: '1Z999AA10123456784' },
  'replacement.delivered': { refs: rma, fulfillmentId: 'F-1' },
  'replacement.canceled': { refs: rma, fulfillmentId: 'F-1' },
  'repair.planned': { refs: rma, fulfillmentId: 'F-2' },
  'repair.started': { refs: rma, fulfillmentId: 'F-2' },
  'repair.completed': { refs: rma, fulfillmentId: 'F-2' },
  'send_back.shipped': {
    refs: rma,
    fulfillmentId: 'F-3',
    quantities: [{ lineNo: 1, quantity: '1' }],
  },
  'supplier_claim.identified': {
    refs: rma,
    claimId: 'SC-1',
    vendor: 'PUMPCO',
    basis: 'warranty',
    submitBy: '2026-12-31T00:00:00Z',
  },
  'supplier_claim.submitted': { refs: rma, claimId: 'SC-1', claimed: eur('80.00') },
  'supplier_claim.authorized': { refs: rma, claimId: 'SC-1', vendorRma: 'V-9' },
  'supplier_claim.denied': { refs: rma, claimId: 'SC-1' },
  'supplier_claim.shipped': { refs: rma, claimId: 'SC-1' },
  'supplier_claim.credited': { refs: rma, claimId: 'SC-1', credited: eur('80.00') },
  'supplier_claim.disputed': { refs: rma, claimId: 'SC-1' },
  'supplier_claim.written_off': { refs: rma, claimId: 'SC-1' },
  'status.reported': { refs: rma, axis: 'settlement', state: 'posted' },
  'claim.accepted': { claimId: '01920000-0000-7000-8000-000000000001' },
  'claim.rejected': { claimId: '01920000-0000-7000-8000-000000000001' },
  'exception.raised': { refs: rma, code: 'RX05', object: 'line:1', detail: 'A hose, not a pump.' },
  'exception.assigned': { exceptionKey: 'RX05:line:1', queue: 'CS', owner: 'ada@example.com' },
  'exception.resolved': { exceptionKey: 'RX05:line:1', action: 'change_line' },
  'exception.reopened': { exceptionKey: 'RX05:line:1' },
  'case.noted': { refs: rma, note: 'The customer called.' },
  'case.flagged': { refs: rma, flags: ['vip'] },
  'case.reopened': {},
  'delivery.confirmed': { deliveryId: 'D-4', command: 'credit.draft', role: 'erp' },
  'delivery.died': {
    deliveryId: 'D-4',
    command: 'credit.draft',
    role: 'erp',
    connection: 'erp-main',
    code: 'REQUEST_REJECTED',
  },
  'delivery.recovered': { deliveryId: 'D-4', command: 'credit.draft' },
  'timer.fired': { timer: 'authorization_expiry', key: 'case' },
}

const lines = [{ lineNo: 1, product: { sku: 'PUMP-12V' }, quantity: '2', unit: 'EA' }]
const told = {
  headline: 'received',
  sentence: 'Received 2 of 2; waiting for inspection.',
}

/** An example of the body of each command. */
export const commandExamples: { readonly [T in CommandType]: CommandBody<T> } = {
  'return.record': { rmaNo: 'RMA-000123-7', validUntil: '2026-12-23T00:00:00Z', lines },
  'return.cancel': { lineNos: [1] },
  'label.create': { parcelId: 'P-1', lines },
  'label.void': { parcelId: 'P-1' },
  'receipt.expect': { warehouse: 'WH1', lines },
  'receipt.record': { receiptId: 'WH1/IN/00042', warehouse: 'WH1', lines },
  'receipt.reverse': { receiptId: 'WH1/IN/00042' },
  'inspection.request': { lines },
  'disposition.execute': { dispositionId: 'D-1', lines: units },
  'credit.draft': { credit: { ...credit, fees: [], method: 'credit_note' } },
  'credit.post': {
    target: [{ system: 'erp-main', type: 'credit_note', value: 'RINV/2026/0007' }],
    creditId: 'C-1',
  },
  'refund.issue': {
    refundId: 're_1',
    creditId: 'C-1',
    paymentId: 'pay_1',
    method: 'card_refund',
    amount: eur('119.00'),
  },
  'replacement.order': { fulfillmentId: 'F-1', lines },
  'repair.order': { fulfillmentId: 'F-2', lines },
  'goods.send_back': { fulfillmentId: 'F-3', lines },
  'supplier_claim.submit': { claimId: 'SC-1', vendor: 'PUMPCO', lines },
  'ticket.update': told,
  'channel.update': told,
  'customer.notify': { template: 'received', headline: 'received', language: 'de' },
  'event.publish': {
    event: {
      specversion: '1.0',
      id: 'evt_1',
      source: 'shop-eu',
      type: 'backhaul.return.approved.v1',
      subject: '01920000-0000-7000-8000-000000000001',
      time: '2026-11-23T08:15:00.000Z',
      data: { lines: [{ lineNo: 1, quantity: '2' }] },
    },
    moves: [{ lineNo: 1, axis: 'authorization', from: 'requested', to: 'approved' }],
  },
}
