import assert from 'node:assert/strict'
import type { CommandBody } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'
import type { Odoo } from '../src/odoo/client/odoo.ts'
import { decimal, many2one, text } from '../src/odoo/client/values.ts'
import { recordNote } from '../src/odoo/notes/index.ts'
import { orderReplacement } from '../src/odoo/sales/index.ts'
import { tap, tapInOrder } from './connection.ts'
import { newProduct, type Product, type Sale, sell, unique, uniqueCaseNo } from './fixtures.ts'
import { attempt, type Scenario } from './scenario.ts'

const order = z.object({
  id: z.int(),
  state: z.string(),
  client_order_ref: text,
  origin: text,
  partner_shipping_id: many2one,
  amount_total: decimal,
  picking_ids: z.array(z.int()),
})

async function orderOf(admin: Odoo, id: string | undefined) {
  const [row] = await admin.read('sale.order', [Number(id)], order)
  assert.ok(row)
  return row
}

function replacementOf(
  sale: Sale,
  product: Product,
  quantity = '1',
): CommandBody<'replacement.order'> {
  const about = { company: 'main', orderRefs: [sale.name], currency: 'USD' }
  const line = { lineNo: 1, product: { sku: product.sku }, quantity, unit: 'EA' }
  return { about, fulfillmentId: 'fulfillment-1', lines: [line] }
}

const message = z.object({ id: z.int(), body: z.string(), attachment_ids: z.array(z.int()) })

function notesOn(
  admin: Odoo,
  place: { readonly model: string; readonly id: number },
  part: string,
) {
  const { model, id } = place
  const domain = [
    ['model', '=', model],
    ['res_id', '=', id],
    ['body', 'like', part],
  ] as const
  return admin.search('mail.message', { domain, row: message, order: 'id' })
}

async function refused(attempted: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(attempted, (error) => {
    assert.ok(error instanceof TerminalError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.reason ?? '', /^[A-Z].*\.$/)
    return true
  })
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'a replacement is ordered at no charge and once, whether there is stock or not',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { price: 80, stock: 2 })
      const sale = await sell(admin, [{ product, quantity: 2 }])
      const caseNo = uniqueCaseNo()
      const body = replacementOf(sale, product, '2')
      const ask = { type: 'replacement.order', caseNo, body } as const
      const first = await attempt(config, orderReplacement, ask)
      const line = tap()
      const again = await attempt(config, orderReplacement, { ...ask, tap: line })
      assert.deepEqual(again.refs, first.refs)
      assert.ok(!line.calls.includes('sale.order/action_confirm'), 'the button is pressed once')
      assert.equal(first.events?.[0]?.type, 'replacement.ordered')
      const made = await orderOf(admin, first.externalId)
      assert.deepEqual(
        [made.state, made.client_order_ref, made.origin, made.amount_total],
        ['sale', caseNo, `${caseNo}/fulfillment-1`, '0'],
      )
      assert.equal(made.partner_shipping_id?.id, sale.customer.id)
      assert.equal(made.picking_ids.length, 1)
    },
  },
  {
    name: 'a replacement that was canceled is not ordered again, and what cannot be sold is refused',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 3 })
      const sale = await sell(admin, [{ product, quantity: 1 }])
      const caseNo = uniqueCaseNo()
      const body = replacementOf(sale, product)
      const ask = { type: 'replacement.order', caseNo, body } as const
      const { externalId } = await attempt(config, orderReplacement, ask)
      // Before 19 a dialog asks first.
      const context = { disable_cancel_warning: true }
      await admin.act('sale.order', 'action_cancel', { ids: [Number(externalId)], context })
      await refused(attempt(config, orderReplacement, ask), 'REPLACEMENT_CANCELED')
      await admin.act('product.product', 'action_archive', { ids: [product.id] })
      const other = { ...ask, caseNo: uniqueCaseNo() }
      await refused(attempt(config, orderReplacement, other), 'PRODUCT_ARCHIVED')
      const unknown = { ...product, sku: unique('NONE') }
      const none = { ...other, body: replacementOf(sale, unknown) }
      await refused(attempt(config, orderReplacement, none), 'PRODUCT_UNKNOWN')
      const nowhere = { ...body, about: { company: 'main', orderRefs: ['S-NONE'] } }
      // Both are refused; the order says why, also where the product is answered first.
      const calls = ['product.product/search_read', 'sale.order/web_search_read'] as const
      for (const [first, second] of [calls, calls.toReversed()] as [string, string][]) {
        const late = { ...other, body: nowhere, tap: tapInOrder(first, second) }
        await refused(attempt(config, orderReplacement, late), 'ORDER_NOT_FOUND')
      }
    },
  },
  {
    name: 'a note stands on the return once, with its evidence, and its markup is text',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin, { stock: 3 })
      const sale = await sell(admin, [{ product, quantity: 1 }])
      const caseNo = uniqueCaseNo()
      const note = {
        noteId: 'event-1',
        text: 'Scratched & <b>dented</b>\nsee photo',
        attachments: [{ name: 'photo.jpg', url: 'https://files.example/photo.jpg?a=1&b=2' }],
      }
      const target = [{ system: 'odoo', type: 'return_transfer', value: String(sale.deliveryId) }]
      const ask = { type: 'note.record', caseNo, body: { ...note, target } } as const
      const first = await attempt(config, recordNote, ask)
      const again = await attempt(config, recordNote, ask)
      assert.equal(again.externalId, first.externalId)
      const notes = await notesOn(
        admin,
        { model: 'stock.picking', id: sale.deliveryId },
        'Scratched',
      )
      assert.equal(notes.length, 1)
      assert.match(notes[0]?.body ?? '', /Scratched &amp; &lt;b&gt;dented&lt;\/b&gt;<br/)
      assert.equal(notes[0]?.attachment_ids.length, 1)
      const about = { company: 'main', orderRefs: [sale.name] }
      const onOrder = { ...ask, body: { ...note, about } }
      await attempt(config, recordNote, onOrder)
      assert.equal(
        (await notesOn(admin, { model: 'sale.order', id: sale.id }, 'Scratched')).length,
        1,
      )
    },
  },
]
