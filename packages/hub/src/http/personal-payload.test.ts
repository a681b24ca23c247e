import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hideValues, maskBody } from './personal-payload.ts'

const order = {
  id: 431,
  customer: { name: 'Erika Mustermann', email: 'erika@example.com', phone: '+49 30 1234' },
  shipping_address: { street: 'Hauptstraße 1', city: 'Berlin', country: 'DE', postal_code: 10_115 },
  lines: [{ sku: 'RH-BOLT-M8', name: 'Hex Bolt M8x40', quantity: '2' }],
  note: 'Call erika@example.com before noon',
  customer_note: 'Leave it with Jan',
}

describe('the body of a message, for a person', () => {
  test('says what was returned, and not by whom', () => {
    const { text = '' } = maskBody(Buffer.from(JSON.stringify(order))) ?? {}
    assert.deepEqual(JSON.parse(text), {
      id: 431,
      customer: { name: '[masked]', email: '[masked]', phone: '[masked]' },
      shipping_address: {
        street: '[masked]',
        city: '[masked]',
        country: 'DE',
        postal_code: '[masked]',
      },
      lines: [{ sku: 'RH-BOLT-M8', name: 'Hex Bolt M8x40', quantity: '2' }],
      note: 'Call [masked] before noon',
      customer_note: '[masked]',
    })
  })

  test('does not come back by what a mapping makes of it', () => {
    const { values = [] } = maskBody(Buffer.from(JSON.stringify(order))) ?? {}
    const made = [
      { data: { note: 'from Erika Mustermann, Berlin', lines: [{ sku: 'RH-BOLT-M8' }] } },
    ]
    assert.deepEqual(hideValues(made, values), [
      { data: { note: 'from [masked], [masked]', lines: [{ sku: 'RH-BOLT-M8' }] } },
    ])
  })

  test('is not shown where nobody can say what in it is personal', () => {
    assert.equal(maskBody(Buffer.from('<customer>Erika</customer>')), null)
    assert.equal(maskBody(Buffer.from('"Erika"')), null)
    assert.equal(maskBody(Buffer.from([0xff, 0xfe])), null)
  })
})
