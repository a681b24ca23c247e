import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { requested, startRing, type TestEvent, type TestRing } from '../../test/support/ring.ts'

const eur = (amount: string) => ({ amount, currency: 'EUR' })

/** A return of goods that were paid with `payment`, of which 100.00 were taken. */
function paidWith(payment: string, ref: string): TestEvent {
  const event = requested(ref)
  const tenders = [{ paymentId: payment, method: 'card', captured: eur('100.00') }]
  return { ...event, data: { ...event.data, tenders } }
}

function refunded(payment: string, subject: string, ref: string): TestEvent {
  return {
    type: 'refund.settled',
    id: `${ref}-refunded`,
    subject,
    time: '2026-11-23T09:00:00Z',
    data: {
      refundId: `${ref}-refund`,
      paymentId: payment,
      method: 'card_refund',
      amount: eur('40.00'),
    },
  }
}

async function drain(ring: TestRing): Promise<void> {
  for (;;) if ((await ring.drain()) === 0) return
}

/** The case of a message that was applied: its repetition is told. */
async function caseOf(ring: TestRing, event: TestEvent): Promise<string> {
  const { caseId } = await ring.send(event)
  assert.ok(caseId)
  return caseId
}

async function outcomes(ring: TestRing, ids: readonly string[]) {
  const { rows } = await ring.pool.query<{ outcome: string; code: string | null }>(
    `select outcome, code from inbox_message where external_id = any($1) order by array_position($1, external_id)`,
    [ids],
  )
  return rows.map(({ outcome, code }) => [outcome, code])
}

describe('a message that the database refuses although nothing else is applied beside it', () => {
  let ring: TestRing
  before(async () => {
    ring = await startRing({ appliesAtOnce: false })
  })
  after(() => ring.close())

  test('is set aside with its reason, and those before and behind it are applied', async () => {
    const asked = [paidWith('card-1', 'used'), paidWith('card-1', 'refused')] as const
    for (const event of asked) await ring.send(event)
    await drain(ring)
    const [used, refused] = [await caseOf(ring, asked[0]), await caseOf(ring, asked[1])]
    await ring.send(refunded('card-1', used, 'used'))
    await drain(ring)
    // By the sum of its uses less is left of the payment than the ledger says.
    const { rowCount } = await ring.pool.query('update capacity_use set amount = 9000')
    assert.equal(rowCount, 1)
    await ring.send(paidWith('card-2', 'before'))
    await ring.send(refunded('card-1', refused, 'refused'))
    await ring.send(paidWith('card-2', 'behind'))
    await drain(ring)
    const ids = ['before-requested', 'refused-refunded', 'behind-requested']
    assert.deepEqual(await outcomes(ring, ids), [
      ['applied', null],
      ['parked', 'PROCESSING_FAILED'],
      ['applied', null],
    ])
    const { rows } = await ring.pool.query('select count(*)::int as waiting from inbox_ready')
    assert.equal(rows[0]?.waiting, 0)
  })
})
