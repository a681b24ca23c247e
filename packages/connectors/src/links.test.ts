import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linkOf as inOdoo } from './odoo/link-of.ts'
import { linkOf as inShopify } from './shopify/link-of.ts'
import { linkOf as inZendesk } from './zendesk/link-of.ts'

const at = <Config>(url: string) => ({ url }) as Config

test('an Odoo document is shown by its form, and a number is no id', () => {
  const config = at<Parameters<typeof inOdoo>[0]>('https://erp.example')
  assert.equal(
    inOdoo(config, { type: 'credit_note', value: '137' }, []),
    'https://erp.example/web#id=137&model=account.move&view_type=form',
  )
  assert.equal(inOdoo(config, { type: 'credit_note', value: 'RINV/2026/7' }, []), null)
  assert.equal(inOdoo(config, { type: 'order', value: '12' }, []), null)
})

test('a return of Shopify is shown on the page of its order', () => {
  const config = at<Parameters<typeof inShopify>[0]>('https://shop.example')
  const order = { type: 'order', value: 'gid://shopify/Order/11' }
  const back = { type: 'return', value: 'gid://shopify/Return/22' }
  assert.equal(inShopify(config, back, [back, order]), 'https://shop.example/admin/orders/11')
  assert.equal(inShopify(config, back, [back]), null)
})

test('a ticket of Zendesk is shown as its agents see it', () => {
  const config = at<Parameters<typeof inZendesk>[0]>('https://desk.example')
  const ticket = { type: 'ticket', value: '35436' }
  assert.equal(inZendesk(config, ticket, []), 'https://desk.example/agent/tickets/35436')
  assert.equal(inZendesk(config, { type: 'ticket', value: '1/../admin' }, []), null)
})
