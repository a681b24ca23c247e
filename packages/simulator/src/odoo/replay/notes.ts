import type { RecordedRecords } from '../seed/import-records.ts'

/** What the replay of one scenario needs beside its file. */
export interface ScenarioNotes {
  /** The scenario that was recorded just before, on whose records this one goes on. */
  readonly after?: string
  /** Records that were there and that the file does not give. */
  readonly given?: RecordedRecords
  /** Records of the seed that the scenario makes itself. */
  readonly without?: Readonly<Record<string, readonly number[]>>
  /** External ids that earlier scenarios gave: `[model, id]`. */
  readonly externalIds?: Readonly<Record<string, readonly [string, number]>>
  /** Where ids go on before a step, after ids that nothing shows were used up. */
  readonly continueAt?: Readonly<Record<number, Readonly<Record<string, number>>>>
  /** The time from a step on, where requests name times. */
  readonly clock?: Readonly<Record<number, string>>
  /** Steps whose answers are not compared, and why; README.md has the list. */
  readonly tolerated?: Readonly<Record<number, string>>
}

const inStock = (id: number, lot: number) => ({
  id,
  product_id: [60, ''],
  location_id: [5, ''],
  lot_id: [lot, ''],
  quantity: 1,
  reserved_quantity: 0,
})

/** By file. */
export const scenarioNotes: Readonly<Record<string, ScenarioNotes>> = {
  '03-admin-setup.json': {
    without: {
      'res.users': [7],
      'stock.location': [33, 34],
      'stock.picking.type': [19],
      'stock.scrap.reason.tag': [1, 2],
    },
  },
  '04-order-to-invoice.json': {
    without: {
      'sale.order': [26],
      'sale.order.line': [52, 53],
      'stock.picking': [57],
      'stock.move': [124, 125],
      'stock.move.line': [116, 117, 118],
      'account.move': [58],
      'account.move.line': [137, 138, 139, 140],
    },
    given: { 'stock.quant': [inStock(48, 5), inStock(49, 6), inStock(51, 8)] },
  },
  '10-products.json': {
    given: {
      'stock.move': [
        {
          id: 88,
          state: 'done',
          product_id: 60,
          product_uom: 1,
          product_uom_qty: 1,
          quantity: 1,
          location_id: 13,
          location_dest_id: 5,
          company_id: 1,
          inventory_name: 'Product Quantity Updated (Mitchell Admin)',
        },
      ],
      'stock.move.line': [
        {
          id: 80,
          move_id: 88,
          product_id: 60,
          product_uom_id: 1,
          quantity: 1,
          lot_id: 5,
          location_id: 13,
          location_dest_id: 5,
          date: '2026-11-23 05:08:22',
        },
      ],
    },
  },
  '11-return-wizard.json': {
    given: {
      'stock.picking': [
        {
          id: 6,
          name: 'WH/IN/00006',
          state: 'assigned',
          picking_type_id: 1,
          location_id: 1,
          location_dest_id: 5,
          company_id: 1,
        },
      ],
    },
  },
  '14-return-load-conflict.json': { continueAt: { 11: { 'stock.move': 177 } } },
  '18-receive-partial-backorder.json': {
    externalIds: { 'returnhub.RMA-00180-pick': ['stock.picking', 120] },
  },
  '30-quarantine-to-stock.json': {
    externalIds: { 'returnhub.RMA-00180-pick': ['stock.picking', 120] },
    continueAt: { 20: { 'stock.move.line': 187 } },
  },
  '33-return-cancel.json': {
    externalIds: { 'returnhub.RMA-00330-pick': ['stock.picking', 149] },
  },
  '35-vendor-return.json': {
    continueAt: {
      0: { 'stock.move.line': 196, 'account.move.line': 161 },
      27: { 'account.move.line': 168 },
    },
  },
  '43-refund-payment-double.json': { after: '43-refund-payment.json' },
  '50-polling-pickings.json': {
    clock: {
      1: '2026-11-23T05:09:19.200Z',
      4: '2026-11-23T05:09:20.100Z',
      7: '2026-11-23T05:09:20.900Z',
      9: '2026-11-23T05:09:22.100Z',
      10: '2026-11-23T05:09:22.300Z',
    },
  },
  '51-polling-account-moves.json': {
    clock: { 1: '2026-11-23T05:09:25.200Z', 3: '2026-11-23T05:09:26.100Z' },
  },
  '53-webhook-failures.json': { after: '52-webhook-picking.json' },
  '60-chatter-note.json': { tolerated: { 4: 'followers are not kept' } },
  '70-errors-http.json': {
    given: {
      'sale.order': [
        {
          id: 62,
          name: 'S00062',
          state: 'sale',
          partner_id: 47,
          date_order: '2026-11-23 05:09:58',
        },
      ],
    },
  },
  '71-errors-model.json': {
    given: {
      'stock.scrap': [1, 3].map((id) => ({ id, state: 'done', product_id: 63, location_id: 33 })),
      'stock.move': [
        {
          id: 67,
          state: 'assigned',
          product_id: 59,
          product_uom: 1,
          location_id: 2,
          location_dest_id: 33,
        },
        {
          id: 136,
          state: 'done',
          quantity: 4,
          product_id: 59,
          product_uom: 1,
          sale_line_id: 52,
          location_id: 2,
          location_dest_id: 33,
        },
      ],
    },
  },
  '72-concurrent-act.json': {
    tolerated: {
      5: 'two rows of stock for one place come of threads only; here it is one',
      11: 'the ids between the moves went to threads that started anew',
    },
  },
  '80-jsonrpc-core.json': { tolerated: { 3: 'the order had been through other scenarios' } },
  '81-jsonrpc-errors.json': { after: '80-jsonrpc-core.json' },
}
