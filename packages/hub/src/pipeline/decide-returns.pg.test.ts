import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startRing, type TestEvent, type TestRing } from '../../test/support/ring.ts'
import { activePolicies, type CompiledPolicy, compilePolicyText } from '../domain/index.ts'
import { loadCase } from './load-case.ts'

const path = new URL('../../policies/standard-returns.yaml', import.meta.url)

function standard(): CompiledPolicy {
  const compiled = compilePolicyText(readFileSync(path, 'utf8'), { version: 3 })
  assert.ok(compiled.ok)
  return compiled.policy
}

const order = { system: 'source', type: 'return' }
let count = 0

/** A request for `quantity` pumps of an order of four, which the shop has invoiced and delivered. */
function asked(
  ref: string,
  quantity: string,
  change: { line?: object; data?: object } = {},
): TestEvent {
  const invoiced = {
    invoiceLine: `inv-${ref.split('/')[0]}`,
    quantity: '4',
    net: { amount: '100.00', currency: 'EUR' },
    tax: { amount: '19.00', currency: 'EUR' },
  }
  const line = {
    lineNo: 1,
    product: { sku: 'PUMP' },
    quantity,
    reason: { code: 'poor_fit' },
    origin: { orderLine: '1', deliveredAt: '2026-11-20T08:00:00Z', invoiced },
    ...change.line,
  }
  count += 1
  return {
    type: 'return.requested',
    id: `${ref}-requested`,
    time: new Date(Date.UTC(2026, 10, 23, 8, 0, count)).toISOString(),
    data: {
      channel: 'ecommerce',
      sourceRef: ref,
      customer: { partyId: 'C-1' },
      orderRefs: [`SO-${ref.split('/')[0]}`],
      currency: 'EUR',
      lines: [line],
      ...change.data,
    },
  }
}

function recorded(ref: string, line: object, data: object = {}): TestEvent {
  count += 1
  return {
    type: 'order.recorded',
    id: `${ref}-recorded-${count}`,
    time: new Date(Date.UTC(2026, 10, 23, 9, 0, count)).toISOString(),
    data: {
      refs: [{ ...order, value: ref }],
      orderRef: `SO-${ref.split('/')[0]}`,
      lines: [{ lineNo: 1, ...line }],
      ...data,
    },
  }
}

describe('a return that a rule set decides', () => {
  let ring: TestRing
  before(async () => {
    ring = await startRing({ policies: activePolicies([standard()]) })
  })
  after(() => ring.close())

  /** Sends an event, has the rules decide, and the return hear of it. */
  async function send(event: TestEvent): Promise<string> {
    const { caseId } = await ring.send(event)
    await decide()
    assert.ok(caseId)
    return caseId
  }

  async function decide(): Promise<void> {
    while ((await ring.decide()) > 0);
    while ((await ring.drain()) > 0);
  }

  async function stands(caseId: string) {
    const found = await loadCase(ring.pool, caseId)
    assert.ok(found)
    const [line] = found.state.lines
    return [line?.axes.authorization, line?.quantities.authorized]
  }

  async function eventsOf(caseId: string) {
    const { rows } = await ring.pool.query<{
      type: string
      source: string
      actor: string
      data: Record<string, unknown>
      effect: { outcome: string }
    }>('select type, source, actor, data, effect from case_event where case_id = $1 order by seq', [
      caseId,
    ])
    return rows
  }

  test('is approved with its number, its last day, and the name of the rules', async () => {
    const caseId = await send(asked('a', '2'))
    assert.deepEqual(await stands(caseId), ['approved', '2'])
    const [, approved] = await eventsOf(caseId)
    assert.equal(approved?.type, 'return.approved')
    assert.equal(approved?.source, 'policy')
    assert.equal(approved?.data['decidedBy'], 'policy standard-returns v3')
    const found = await loadCase(ring.pool, caseId)
    assert.equal(found?.state.header.rmaNo, found?.caseNo)
    assert.ok(found?.state.header.validUntil)
    assert.equal(found?.state.header.terms?.trigger, 'on_inspection')
  })

  test('is kept with what the decision was made on', async () => {
    const caseId = await send(asked('b', '2'))
    const { rows } = await ring.pool.query(
      'select rule_set, rule_set_version, verdict, inputs, inputs_digest from policy_decision where case_id = $1',
      [caseId],
    )
    assert.equal(rows.length, 1)
    assert.equal(rows[0]?.rule_set, 'standard-returns')
    assert.equal(rows[0]?.rule_set_version, 3)
    assert.equal(rows[0]?.inputs.lines[0].returnableQuantity, '4')
    assert.match(rows[0]?.inputs_digest, /^[0-9a-f]{64}$/)
  })

  test('is rejected with the reason and with words for the customer', async () => {
    const caseId = await send(
      asked('c', '2', {
        line: { origin: { orderLine: '1', deliveredAt: '2026-01-02T08:00:00Z' } },
      }),
    )
    assert.deepEqual(await stands(caseId), ['rejected', '0'])
    const rejected = (await eventsOf(caseId)).at(-1)
    assert.equal(rejected?.data['response'], 'time_limit_exceeded')
    assert.match(String(rejected?.data['customerText']), /time/)
  })

  test('waits for what nobody has said, and is decided when somebody says it', async () => {
    const caseId = await send(asked('d', '2', { line: { origin: { orderLine: '1' } } }))
    assert.deepEqual(await stands(caseId), ['under_review', '0'])
    const [, review] = await eventsOf(caseId)
    assert.match(String(review?.data['note']), /FACT_UNKNOWN: order.exists/)
    await send(recorded('d', { deliveredAt: '2026-11-20T08:00:00Z', delivered: '4' }))
    assert.deepEqual(await stands(caseId), ['approved', '2'])
  })

  test('is cut to what other returns of the order line leave', async () => {
    const first = await send(asked('e/1', '3'))
    const second = await send(asked('e/2', '2'))
    const third = await send(asked('e/3', '1'))
    assert.deepEqual(await stands(first), ['approved', '3'])
    assert.deepEqual(await stands(second), ['partially_approved', '1'])
    assert.deepEqual(await stands(third), ['rejected', '0'])
  })

  test('is not approved twice where two ask for the same pieces at the same moment', async () => {
    const results = []
    for (const one of ['f/1', 'f/2', 'f/3']) results.push(await ring.send(asked(one, '3')))
    await Promise.all([ring.decide(), ring.decide(), ring.decide()])
    await decide()
    const authorized = []
    for (const { caseId } of results) authorized.push((await stands(caseId ?? ''))[1])
    assert.equal(
      authorized.reduce((sum, quantity) => sum + Number(quantity), 0) <= 4,
      true,
      String(authorized),
    )
  })

  test('takes its pieces from the moment of the decision, before the return has heard of it', async () => {
    const first = await ring.send(asked('o/1', '3'))
    assert.equal(await ring.decide(), 1)
    const second = await ring.send(asked('o/2', '2'))
    assert.equal(await ring.decide(), 1)
    await decide()
    assert.deepEqual(await stands(first.caseId ?? ''), ['approved', '3'])
    assert.deepEqual(await stands(second.caseId ?? ''), ['partially_approved', '1'])
  })

  test('waits while somebody changes it, and is decided then', async () => {
    const { caseId } = await ring.send(asked('p', '1'))
    const other = await ring.pool.connect()
    await other.query('begin')
    await other.query('select from return_case where case_id = $1 for update', [caseId])
    assert.equal(await ring.decide(), 0)
    await other.query('commit')
    other.release()
    await decide()
    assert.equal((await stands(caseId ?? ''))[0], 'approved')
  })

  test('leaves the pieces to others once it is rejected', async () => {
    const first = await send(
      asked('g/1', '4', { line: { serials: ['S-9'], origin: { orderLine: '1' } } }),
    )
    await send(recorded('g/1', { deliveredAt: '2026-01-02T08:00:00Z', delivered: '4' }))
    assert.equal((await stands(first))[0], 'rejected')
    const second = await send(asked('g/2', '4', { line: { serials: ['S-9'] } }))
    assert.deepEqual(await stands(second), ['approved', '4'])
  })

  test('with a serial number of another return is rejected', async () => {
    await send(asked('h', '1', { line: { serials: ['SN-1'] } }))
    const caseId = await send(asked('i', '1', { line: { serials: ['SN-1'] } }))
    assert.deepEqual(await stands(caseId), ['rejected', '0'])
  })

  test('asked for again in a few days is for a person', async () => {
    await send(asked('j/1', '1'))
    const caseId = await send(asked('j/2', '1'))
    const [, review] = await eventsOf(caseId)
    assert.match(String(review?.data['note']), /P29/)
  })

  test('asked for again in another system says where it was asked for first', async () => {
    const first = await send(asked('jj/1', '1', { data: { sourceSystem: 'shop' } }))
    const again = await send(asked('jj/2', '1', { data: { sourceSystem: 'desk' } }))
    const found = await loadCase(ring.pool, again)
    const [exception] = Object.values(found?.state.exceptions ?? {})
    const other = await loadCase(ring.pool, first)
    assert.deepEqual(
      [exception?.code, exception?.object, exception?.status],
      ['CU01', `return:${other?.caseNo}`, 'open'],
    )
    const inOneSystem = await send(asked('jj/3', '1', { data: { sourceSystem: 'desk' } }))
    const [, ...others] = Object.values(
      (await loadCase(ring.pool, inOneSystem))?.state.exceptions ?? {},
    )
    assert.deepEqual(others, [])
  })

  test('of another company is another order', async () => {
    await send(asked('k/1', '4'))
    const caseId = await send(asked('k/2', '4', { data: { company: 'north' } }))
    assert.deepEqual(await stands(caseId), ['approved', '4'])
  })

  test('of the customer who is told to be someone else is rejected', async () => {
    const caseId = await send(asked('l', '1', { line: { origin: { orderLine: '1' } } }))
    await send(
      recorded(
        'l',
        { deliveredAt: '2026-11-20T08:00:00Z', delivered: '4' },
        {
          orderedBy: { partyId: 'C-2' },
        },
      ),
    )
    assert.deepEqual(await stands(caseId), ['rejected', '0'])
  })

  test('has each of its lines decided for itself, and fees of all that are authorized', async () => {
    const event = asked('m', '2')
    const [line] = (event.data as { lines: object[] }).lines
    const late = {
      lineNo: 2,
      product: { sku: 'HOSE' },
      quantity: '1',
      reason: { code: 'poor_fit' },
    }
    const origin = { deliveredAt: '2026-11-05T08:00:00Z', orderLine: '2' }
    const invoiced = {
      invoiceLine: 'inv-m2',
      quantity: '1',
      net: { amount: '10.00', currency: 'EUR' },
      tax: { amount: '1.90', currency: 'EUR' },
    }
    const old = {
      ...late,
      lineNo: 3,
      origin: {
        ...origin,
        invoiced: { ...invoiced, invoiceLine: 'inv-m3' },
        deliveredAt: '2026-02-05T08:00:00Z',
      },
    }
    const lines = [line, { ...late, origin: { ...origin, invoiced } }, old]
    const caseId = await send({ ...event, data: { ...event.data, lines } })
    const found = await loadCase(ring.pool, caseId)
    assert.deepEqual(
      found?.state.lines.map(({ axes }) => axes.authorization),
      ['approved', 'approved', 'rejected'],
    )
    assert.deepEqual(found?.state.header.terms?.fees, [
      { kind: 'restocking', netMinor: 150, taxMinor: 29 },
    ])
  })

  test('that was rejected and appealed is for a person', async () => {
    const caseId = await send(
      asked('n', '2', {
        line: { origin: { orderLine: '1', deliveredAt: '2026-01-02T08:00:00Z' } },
      }),
    )
    assert.equal((await stands(caseId))[0], 'rejected')
    const refs = [{ ...order, value: 'n' }]
    await send({
      type: 'return.appealed',
      id: 'n-appealed',
      // After the rejection, which is of now.
      time: new Date().toISOString(),
      data: { refs },
    })
    assert.deepEqual(await stands(caseId), ['under_review', '0'])
  })

  test('is answered once: nothing is due, and no message of the rules is refused', async () => {
    const { rows } = await ring.pool.query('select from policy_due')
    assert.equal(rows.length, 0)
    const refused = await ring.pool.query(
      `select type, effect from case_event where source = 'policy' and effect->>'outcome' <> 'applied'`,
    )
    assert.deepEqual(refused.rows, [])
  })
})

test('without a rule set nothing is decided, and nothing is written for it', async () => {
  const ring = await startRing()
  try {
    const { caseId } = await ring.send(asked('z', '2'))
    const { rows } = await ring.pool.query('select from policy_due')
    assert.equal(rows.length, 0)
    assert.equal(await ring.decide(), 0)
    const found = await loadCase(ring.pool, caseId ?? '')
    assert.equal(found?.state.lines[0]?.axes.authorization, 'requested')
  } finally {
    await ring.close()
  }
})
