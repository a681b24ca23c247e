import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { requested, startRing, type TestRing } from '../../../test/support/ring.ts'
import { createContacts } from './contact.ts'

const customer = {
  partyId: 'C-1',
  name: 'Ada Byron',
  email: 'ada@example.org',
  language: 'en',
  shipFrom: { street: 'Quay 1', city: 'Venlo', country: 'NL' },
}

let ring: TestRing
before(async () => {
  ring = await startRing()
})
after(() => ring.close())

test('who has to write to a customer, or to collect goods, is told who that is; others are not', async () => {
  const event = requested('named')
  const { caseId } = await ring.send({ ...event, data: { ...event.data, customer } })
  assert.ok(caseId)
  const contactOf = createContacts(ring.pool)
  const contact = await contactOf({ caseId, commandType: 'customer.notify' })
  const { partyId: _, shipFrom: address, ...named } = customer
  assert.deepEqual(contact, { ...named, address })
  assert.equal(await contactOf({ caseId, commandType: 'channel.update' }), undefined)
  const { rows } = await ring.pool.query(
    `select count(*)::int as count from outbox_delivery where body::text like '%ada@example.org%'`,
  )
  assert.equal(rows[0]?.count, 0)
})

test('goods are collected where they were delivered, unless the customer says where they are', async () => {
  const contactOf = createContacts(ring.pool)
  const shipFrom = { name: 'Ada Byron', street: 'Kade 7', city: 'Almelo', country: 'NL' }
  const order = { orderRef: 'S00007', orderedBy: { partyId: 'C-1', shipFrom }, lines: [] }
  for (const [id, said, expected] of [
    ['from-desk', { partyId: 'C-1', name: 'Ada' }, shipFrom],
    ['from-shop', customer, customer.shipFrom],
  ] as const) {
    const event = requested(id)
    const { caseId } = await ring.send({ ...event, data: { ...event.data, customer: said } })
    assert.ok(caseId)
    const refs = [{ system: 'source', type: 'return', value: id }]
    await ring.send({
      ...event,
      id: `${id}-order`,
      type: 'order.recorded',
      data: { ...order, refs },
    })
    const contact = await contactOf({ caseId, commandType: 'label.create' })
    assert.deepEqual(contact?.address, expected)
    assert.equal(contact?.name, said.name)
  }
})

test('a customer of whom nothing but an account is known has no contact', async () => {
  const { caseId } = await ring.send(requested('nameless'))
  assert.ok(caseId)
  const contact = await createContacts(ring.pool)({ caseId, commandType: 'label.create' })
  assert.deepEqual(contact, {
    name: undefined,
    email: undefined,
    language: undefined,
    address: undefined,
  })
})
