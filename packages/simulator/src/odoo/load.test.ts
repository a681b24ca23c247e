import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'

import { type RecordingSink, startRecordingSink } from '../recording-sink.ts'
import { type OdooDouble, startOdoo } from './odoo-double.ts'
import { call, lampReturn } from './test-client.ts'

describe('load()', () => {
  let odoo: OdooDouble
  let sink: RecordingSink

  beforeEach(async () => {
    ;[odoo, sink] = await Promise.all([startOdoo({ loadHoldMs: 150 }), startRecordingSink()])
  })

  afterEach(() => Promise.all([odoo.close(), sink.close()]))

  /** Has Odoo tell the sink of every transfer's state. */
  async function watchTransfers(): Promise<void> {
    const admin = { url: odoo.url, key: odoo.adminKey }
    const [model] = odoo.db.find('ir.model', [['model', '=', 'stock.picking']])
    const fields = (names: readonly string[]) =>
      odoo.db
        .find('ir.model.fields', [
          ['model', '=', 'stock.picking'],
          ['name', 'in', names],
        ])
        .map(({ id }) => id)
    const action = await call(admin, 'ir.actions.server.create', {
      vals_list: [
        {
          name: 'hook',
          model_id: model?.id,
          state: 'webhook',
          webhook_url: `${sink.url}/hook`,
          webhook_field_ids: [[6, 0, fields(['name', 'state', 'move_ids'])]],
        },
      ],
    })
    await call(admin, 'base.automation.create', {
      vals_list: [
        {
          name: 'hook',
          model_id: model?.id,
          trigger: 'on_create_or_write',
          trigger_field_ids: [[6, 0, fields(['state'])]],
          action_server_ids: [[6, 0, action.body]],
        },
      ],
    })
  }

  test('makes one record of identical calls at the same time; the others lose and may ask again', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => call(odoo, 'stock.picking.load', lampReturn('R-1'))),
    )
    const winners = answers.filter(({ body }) => body.ids !== false)
    assert.equal(winners.length, 1)
    assert.ok(answers.every(({ status }) => status === 200))
    const again = await call(odoo, 'stock.picking.load', lampReturn('R-1'))
    assert.deepEqual(again.body, winners[0]?.body)
    assert.equal(odoo.db.find('stock.picking', [['origin', '=', 'R-1']]).length, 1)
  })

  test('tells of records that never were when it loses, and leaves a gap in the numbers', async () => {
    await watchTransfers()
    const answers = await Promise.all(
      [1, 2].map(() => call(odoo, 'stock.picking.load', lampReturn('R-1'))),
    )
    const won = answers.find(({ body }) => body.ids !== false)?.body.ids[0]
    const told = (await sink.waitForRequests(4)).map(({ body }) => JSON.parse(body.toString()))
    const phantoms = told.filter(({ id }) => id !== won)
    assert.equal(phantoms.length, 2)
    assert.ok(phantoms.every(({ id, move_ids }) => id > won && move_ids.length === 0))
    const next = await call(odoo, 'stock.picking.load', lampReturn('R-2'))
    assert.ok(next.body.ids[0] > Math.max(...phantoms.map(({ id }) => id)))
  })

  test('does not disturb another key at the same time', async () => {
    const answers = await Promise.all(
      ['R-1', 'R-2', 'R-3'].map((key) => call(odoo, 'stock.picking.load', lampReturn(key))),
    )
    assert.ok(answers.every(({ body }) => body.ids !== false))
  })

  test('keeps in mind whether a record was made in get-or-create mode', async () => {
    const { context: _context, ...plain } = lampReturn('R-1', 2)
    await call(odoo, 'stock.picking.load', plain)
    await call(odoo, 'stock.picking.load', lampReturn('R-1', 1))
    const [move] = odoo.db.find('stock.move', [['origin_returned_move_id', '=', 129]])
    assert.equal(move?.['product_uom_qty'], 1)
  })

  test('merges two lines of one return that differ in nothing when it is confirmed', async () => {
    const sheet = lampReturn('R-1', 1)
    const [row = []] = sheet.data
    const second = row.map((cell, at) =>
      at < 5 ? '' : cell === 'hub.R-1-move' ? 'hub.R-1-move2' : cell,
    )
    const { body } = await call(odoo, 'stock.picking.load', { ...sheet, data: [row, second] })
    const moves = () => odoo.db.find('stock.move', [['picking_id', '=', body.ids[0]]])
    assert.equal(moves().length, 2)
    await call(odoo, 'stock.picking.action_confirm', { ids: body.ids })
    assert.deepEqual(
      moves().map((move) => move['product_uom_qty']),
      [2],
    )
  })

  test('sends nothing of what a refused call saw', async () => {
    await watchTransfers()
    const { body } = await call(odoo, 'stock.picking.load', lampReturn('R-1'))
    await sink.waitForRequests(2)
    await call(odoo, 'stock.picking.action_cancel', { ids: body.ids })
    const { status } = await call(odoo, 'stock.picking.button_validate', { ids: body.ids })
    assert.equal(status, 422)
    assert.equal((await sink.waitForRequests(3)).length, 3)
  })

  test('loses, doubles and holds up webhooks where that is asked for', async () => {
    await watchTransfers()
    odoo.faults.addForWebhooks({ kind: 'lose', times: 1 })
    odoo.faults.addForWebhooks({ kind: 'duplicate', times: 1 })
    await call(odoo, 'stock.picking.load', lampReturn('R-1'))
    const bodies = (await sink.waitForRequests(2)).map(({ body }) => body.toString())
    assert.equal(bodies.length, 2)
    assert.equal(bodies[0], bodies[1])
    assert.match(bodies[0] ?? '', /"move_ids": \[\d+\]/)
  })
})
