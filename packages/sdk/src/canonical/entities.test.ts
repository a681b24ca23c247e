import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { axes, axisStates } from './axes.ts'
import { type Entity, entitySchemas } from './entities.ts'

const at = '2026-11-23T08:15:00.000Z'
const eur = (amount: string) => ({ amount, currency: 'EUR' })

const lineAxes = Object.fromEntries(
  axes.map((axis) => [axis, axisStates[axis][0]]),
) as Entity<'return_line'>['axes']

const quantities = {
  requested: '2',
  authorized: '0',
  shipped: '0',
  received: '0',
  surplus: '0',
  accepted: '0',
  rejected: '0',
  credited: '0',
  replaced: '0',
  repaired: '0',
  sentBack: '0',
  short: '0',
  writtenOff: '0',
}

const line: Entity<'return_line'> = {
  lineNo: 1,
  product: { sku: 'PUMP-12V' },
  unit: 'EA',
  reason: 'defective_consumer',
  fault: 'seller',
  resolution: 'refund',
  returnRequired: true,
  axes: lineAxes,
  since: { authorization: at },
  quantities,
  deliveredAt: null,
  invoiced: null,
  posted: eur('0.00'),
}

const fresh: Entity<'return_case'> = {
  id: '01920000-0000-7000-8000-000000000001',
  caseNo: 'RMA-000123-7',
  version: 1,
  headline: 'requested',
  since: at,
  sentence: 'Requested; waiting for a decision.',
  company: 'main',
  channel: 'ecommerce',
  kind: 'standard',
  priority: 'normal',
  flags: [],
  currency: 'EUR',
  sourceSystem: 'shop-eu',
  sourceRef: 'R-1001',
  rmaNo: null,
  validUntil: null,
  warehouse: null,
  orderRefs: ['S00042'],
  customer: { partyId: 'C-77', isMasked: false },
  terms: null,
  lines: [line],
  parcels: [],
  receipts: [],
  inspections: [],
  dispositions: [],
  credits: [],
  refunds: [],
  tenders: [],
  fulfillments: [],
  supplierClaims: [],
  claims: [],
  exceptions: [],
  refs: [],
  closedAt: null,
  createdAt: at,
  updatedAt: at,
}

describe('a case as the API shows it', () => {
  test('has all its parts from the first event on', () => {
    assert.deepEqual(entitySchemas.return_case.parse(fresh), fresh)
  })

  test('shows goods that nobody could name', () => {
    const blind = { ...fresh, customer: null, lines: [{ ...line, product: null, reason: null }] }
    assert.equal(entitySchemas.return_case.safeParse(blind).success, true)
  })

  test('has a state on each of the eight axes, and no other', () => {
    for (const axis of axes) {
      const { [axis]: _left, ...seven } = lineAxes
      assert.equal(entitySchemas.return_line.safeParse({ ...line, axes: seven }).success, false)
      const wrong = { ...lineAxes, [axis]: 'somewhere' }
      assert.equal(entitySchemas.return_line.safeParse({ ...line, axes: wrong }).success, false)
    }
  })

  test('never shows money without its currency', () => {
    const credit = {
      creditId: 'C-1',
      status: 'posted',
      method: 'credit_note',
      total: eur('119.00'),
      approved: null,
      lines: [],
      fees: [],
      postedAt: at,
    }
    assert.equal(entitySchemas.credit.safeParse(credit).success, true)
    for (const total of ['119.00', 119, { amount: '119.00' }, eur('119.001')]) {
      assert.equal(entitySchemas.credit.safeParse({ ...credit, total }).success, false)
    }
  })

  test('has a name for each of its parts in the API document', () => {
    const names = Object.values(entitySchemas).map((schema) => z.globalRegistry.get(schema)?.id)
    assert.ok(names.every(Boolean))
    assert.equal(new Set(names).size, names.length)
  })
})
