import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { type OdooDouble, startOdoo } from './odoo-double.ts'
import { call, lampReturn, rpc } from './test-client.ts'

describe('the Odoo double has the vices of Odoo:', () => {
  let odoo: OdooDouble
  let now: Date

  beforeEach(async () => {
    now = new Date('2026-11-23T10:00:00.000Z')
    odoo = await startOdoo({ loadHoldMs: 0, now: () => now })
  })

  afterEach(() => odoo.close())

  /** A return of lamps that is confirmed, and its move. */
  async function openReturn(key: string, quantity = 1) {
    const { body } = await call(odoo, 'stock.picking.load', lampReturn(key, quantity))
    await call(odoo, 'stock.picking.action_confirm', { ids: body.ids })
    const [move] = odoo.db.find('stock.move', [['picking_id', '=', body.ids[0]]])
    return { ids: body.ids as number[], moveId: move?.id as number }
  }

  const delivered = () => odoo.db.find('sale.order.line', [['id', '=', 57]])[0]?.['qty_delivered']

  test('an underscore in =ilike stands for any letter', async () => {
    const domain = [['client_order_ref', '=ilike', 'web_2001']]
    const { body } = await call(odoo, 'sale.order.search', { domain })
    assert.deepEqual(body, [26])
  })

  test('errors carry a traceback', async () => {
    const { body } = await call(odoo, 'sale.order.action_confirm', { ids: [26] })
    assert.match(body.debug, /^Traceback/)
  })

  test('a list for a body reads everything', async () => {
    const { body } = await call(odoo, 'res.currency.search_read', [])
    assert.equal(body.length, 1)
    assert.equal(body[0].symbol, '$')
  })

  test('times show whole seconds and sort by what they do not show', async () => {
    const { ids: first } = await openReturn('R-1')
    const { ids: second } = await openReturn('R-2')
    await call(odoo, 'stock.picking.write', { ids: first, vals: { note: 'x' } })
    const { body } = await call(odoo, 'stock.picking.search_read', {
      domain: [
        ['write_date', '>=', '2026-11-23 10:00:00'],
        ['origin', 'like', 'R-'],
      ],
      fields: ['write_date'],
      order: 'write_date,id',
    })
    assert.deepEqual(
      body.map(({ id }: { id: number }) => id),
      [...second, ...first],
    )
    assert.equal(new Set(body.map((row: { write_date: string }) => row.write_date)).size, 1)
  })

  test('what is refused is undone as a whole, and its ids are gone', async () => {
    const vals_list = [
      { name: 'A-1', product_id: 60 },
      { name: 'LOT-0925', product_id: 61 },
    ]
    assert.equal((await call(odoo, 'stock.lot.create', { vals_list })).status, 422)
    assert.deepEqual(odoo.db.find('stock.lot', [['name', '=', 'A-1']]), [])
    const { body } = await call(odoo, 'stock.lot.create', { vals_list: vals_list.slice(0, 1) })
    assert.deepEqual(body, [38])
  })

  test('a return that is validated without a count is received in full', async () => {
    const { ids } = await openReturn('R-1', 3)
    await call(odoo, 'stock.picking.button_validate', { ids })
    assert.equal(delivered(), 5)
  })

  test('to_refund is only asked for again when the sale line is written again', async () => {
    const { ids, moveId } = await openReturn('R-1', 2)
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { to_refund: false } })
    await call(odoo, 'stock.picking.button_validate', { ids })
    assert.equal(delivered(), 8)
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { to_refund: true } })
    assert.equal(delivered(), 8)
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { sale_line_id: 57 } })
    assert.equal(delivered(), 6)
  })

  test('a posted invoice does not make a changed to_refund count', async () => {
    const { ids, moveId } = await openReturn('R-1', 2)
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { to_refund: false } })
    await call(odoo, 'stock.picking.button_validate', { ids })
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { to_refund: true } })
    await call(odoo, 'account.move.button_draft', { ids: [62] })
    await call(odoo, 'account.move.action_post', { ids: [62] })
    assert.equal(delivered(), 8)
  })

  test('the backorder of a return forgets what it is a return of', async () => {
    const { ids, moveId } = await openReturn('R-1', 3)
    await call(odoo, 'stock.move.write', { ids: [moveId], vals: { quantity: 1, picked: true } })
    await call(odoo, 'stock.picking.button_validate', { ids, context: { skip_backorder: true } })
    const [rest] = odoo.db.find('stock.picking', [['backorder_id', 'in', ids]])
    assert.equal(rest?.['return_id'], false)
    assert.equal(rest?.['origin'], 'R-1')
  })

  test('a done scrap scraps again', async () => {
    const vals_list = [{ product_id: 63, scrap_qty: 1, location_id: 5 }]
    const { body: ids } = await call(odoo, 'stock.scrap.create', { vals_list })
    await call(odoo, 'stock.scrap.action_validate', { ids })
    await call(odoo, 'stock.scrap.action_validate', { ids })
    assert.equal(odoo.db.find('stock.move', [['scrap_id', 'in', ids]]).length, 2)
  })

  test('the same payment wizard pays twice, and the second payment stays unreconciled', async () => {
    const context = { active_model: 'account.move', active_ids: [58] }
    const { body: ids } = await call(odoo, 'account.payment.register.create', {
      vals_list: [{ journal_id: 6 }],
      context,
    })
    await call(odoo, 'account.payment.register.action_create_payments', { ids })
    await call(odoo, 'account.payment.register.action_create_payments', { ids })
    const paid = odoo.db.find('account.payment', [['memo', '=', 'INV/2026/00011']])
    assert.deepEqual(
      paid.map(({ state, amount }) => [state, amount]),
      [
        ['paid', 591.1],
        ['in_process', 591.1],
      ],
    )
  })

  test('taxes are rounded once for a document, so that lines need not add up to it', async () => {
    const line = [0, 0, { product_id: 63, quantity: 1, price_unit: 0.35 }]
    const { body: ids } = await call(odoo, 'account.move.create', {
      vals_list: [
        { move_type: 'out_refund', partner_id: 47, invoice_line_ids: [line, line, line] },
      ],
    })
    const [note] = odoo.db.find('account.move', [['id', 'in', ids]])
    assert.equal(note?.['amount_tax'], 0.16)
    const lines = odoo.db.find('account.move.line', [
      ['move_id', 'in', ids],
      ['display_type', '=', 'product'],
    ])
    assert.deepEqual(
      lines.map((one) => one['price_total']),
      [0.4, 0.4, 0.4],
    )
  })

  test('posted numbers have no gap: that of a deleted last one is given again', async () => {
    const draft = async () => {
      const values = {
        move_type: 'out_refund',
        partner_id: 47,
        invoice_line_ids: [[0, 0, { product_id: 63 }]],
      }
      const { body } = await call(odoo, 'account.move.create', { vals_list: [values] })
      await call(odoo, 'account.move.action_post', { ids: body })
      return odoo.db.find('account.move', [['id', 'in', body]])[0]
    }
    const first = await draft()
    await call(odoo, 'account.move.button_cancel', { ids: [first?.id] })
    await call(odoo, 'account.move.unlink', { ids: [first?.id] })
    assert.equal((await draft())?.['name'], first?.['name'])
    assert.notEqual((await draft())?.['name'], first?.['name'])
  })

  test('a credit of the whole of an unpaid invoice leaves that reversed, and itself paid', async () => {
    const context = { active_model: 'account.move', active_ids: [62] }
    const { body: ids } = await call(odoo, 'account.move.reversal.create', {
      vals_list: [{ journal_id: 1 }],
      context,
    })
    const { body } = await call(odoo, 'account.move.reversal.refund_moves', { ids })
    await call(odoo, 'account.move.action_post', { ids: [body.res_id] })
    const states = odoo.db
      .find('account.move', [['id', 'in', [62, body.res_id]]])
      .map((move) => move['payment_state'])
    assert.deepEqual(states, ['reversed', 'paid'])
  })

  test('kits fall apart on delivery, and count as delivered by their scarcest part', async () => {
    odoo.db.import({
      'product.template': [{ id: 90, name: 'Site Kit', uom_id: 1, active: true }],
      'product.product': [
        {
          id: 90,
          name: 'Site Kit',
          product_tmpl_id: 90,
          type: 'consu',
          uom_id: 1,
          list_price: 70,
          taxes_id: [1],
          invoice_policy: 'delivery',
          active: true,
        },
      ],
      'mrp.bom': [
        {
          id: 1,
          product_tmpl_id: 90,
          product_qty: 1,
          product_uom_id: 1,
          type: 'phantom',
          active: true,
        },
      ],
      'mrp.bom.line': [
        { id: 1, bom_id: 1, product_id: 59, product_qty: 2, product_uom_id: 1 },
        { id: 2, bom_id: 1, product_id: 63, product_qty: 1, product_uom_id: 1 },
      ],
    })
    const { body: ids } = await call(odoo, 'sale.order.create', {
      vals_list: [{ partner_id: 47, order_line: [[0, 0, { product_id: 90, product_uom_qty: 3 }]] }],
    })
    await call(odoo, 'sale.order.action_confirm', { ids })
    const [picking] = odoo.db.find('stock.picking', [['sale_id', 'in', ids]])
    const moves = odoo.db.find('stock.move', [['picking_id', '=', picking?.id]])
    assert.deepEqual(
      moves.map((move) => [move['product_id'], move['product_uom_qty']]),
      [
        [59, 6],
        [63, 3],
      ],
    )
    await call(odoo, 'stock.move.write', {
      ids: [moves[1]?.id],
      vals: { quantity: 2, picked: true },
    })
    await call(odoo, 'stock.move.write', { ids: [moves[0]?.id], vals: { picked: true } })
    await call(odoo, 'stock.picking.button_validate', {
      ids: [picking?.id],
      context: { skip_sms: true, skip_backorder: true },
    })
    const [line] = odoo.db.find('sale.order.line', [['order_id', 'in', ids]])
    assert.equal(line?.['qty_delivered'], 2)
  })

  test('over /jsonrpc what gives nothing has neither result nor error', async () => {
    assert.deepEqual(await rpc(odoo, ['account.move', 'button_draft'], [[62]]), {
      jsonrpc: '2.0',
      id: 1,
    })
  })
})

describe('the Odoo double as an earlier version', () => {
  test('18 has no JSON-2, no /web/version, and the old names of fields', async () => {
    const odoo = await startOdoo({ version: 18 })
    try {
      assert.equal((await fetch(`${odoo.url}/web/version`)).status, 404)
      assert.equal((await call(odoo, 'res.users.context_get')).status, 404)
      const { result } = await rpc(
        odoo,
        ['sale.order.line', 'search_read'],
        [[['product_uom', '=', 3]]],
        { fields: ['product_uom', 'tax_id'] },
      )
      assert.deepEqual(result, [{ id: 56, product_uom: [3, 'Dozens'], tax_id: [1] }])
      const { error } = await rpc(odoo, ['sale.order.line', 'search_read'], [[]], {
        fields: ['tax_ids'],
      })
      assert.equal(error.code, 200)
      const { data, fields } = lampReturn('R-1')
      const refused = await rpc(odoo, ['stock.picking', 'load'], [fields, data])
      assert.match(refused.result.messages[0].message, /'Description' \(name\)/)
      const units = await rpc(odoo, ['uom.uom', 'read'], [[3]], {
        fields: ['factor_inv', 'category_id'],
      })
      assert.deepEqual(units.result, [{ id: 3, factor_inv: 12, category_id: [1, 'Unit'] }])
    } finally {
      await odoo.close()
    }
  })

  test('17 makes returns by create_returns, of what is left to return', async () => {
    const odoo = await startOdoo({ version: 17 })
    try {
      const { result: id } = await rpc(
        odoo,
        ['stock.return.picking', 'create'],
        [{ picking_id: 60 }],
      )
      const lines = await rpc(
        odoo,
        ['stock.return.picking.line', 'search_read'],
        [[['wizard_id', '=', id]]],
        { fields: ['quantity'] },
      )
      assert.equal(lines.result[0].quantity, 8)
      assert.ok((await rpc(odoo, ['stock.return.picking', 'action_create_returns'], [[id]])).error)
      assert.ok((await rpc(odoo, ['stock.return.picking', 'create_returns'], [[id]])).result.res_id)
      const products = await rpc(odoo, ['product.product', 'read'], [[59]], { fields: ['type'] })
      assert.equal(products.result[0].type, 'product')
      const paid = await rpc(
        odoo,
        ['account.payment', 'search_read'],
        [[['ref', '=', 'BANK 4411']]],
        { fields: ['state'] },
      )
      assert.equal(paid.result[0].state, 'posted')
    } finally {
      await odoo.close()
    }
  })
})

describe('generated orders', () => {
  test('are delivered and invoiced, and can be returned like any other', async () => {
    const odoo = await startOdoo({ seed: { orders: 20 }, loadHoldMs: 0 })
    try {
      const { body } = await call(odoo, 'sale.order.search_read', {
        domain: [['client_order_ref', '=', 'LOAD-20']],
        fields: ['order_line', 'invoice_ids', 'picking_ids', 'amount_total'],
      })
      const [order] = body
      assert.equal(order.amount_total, 459.54)
      const vals_list = [{ picking_id: order.picking_ids[0] }]
      const { body: ids } = await call(odoo, 'stock.return.picking.create', { vals_list })
      const lines = odoo.db.find('stock.return.picking.line', [['wizard_id', 'in', ids]])
      await call(odoo, 'stock.return.picking.line.write', {
        ids: [lines[0]?.id],
        vals: { quantity: 5 },
      })
      const made = await call(odoo, 'stock.return.picking.action_create_returns', { ids })
      await call(odoo, 'stock.picking.button_validate', { ids: [made.body.res_id] })
      const [line] = odoo.db.find('sale.order.line', [['id', '=', order.order_line[0]]])
      assert.equal(line?.['qty_delivered'], 15)
    } finally {
      await odoo.close()
    }
  })
})
