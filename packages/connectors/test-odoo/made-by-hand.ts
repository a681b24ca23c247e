import assert from 'node:assert/strict'
import { z } from 'zod'
import { getOrCreate } from '../src/odoo/client/get-or-create.ts'
import type { Domain, Odoo } from '../src/odoo/client/odoo.ts'
import { many2one } from '../src/odoo/client/values.ts'
import { creditReference, externalId, lineOrigin, transferOrigin } from '../src/odoo/references.ts'
import { newProduct, type Product, type Sale, sell, uniqueCaseNo } from './fixtures.ts'
import { openAsHub, type ScenarioContext } from './scenario.ts'
import { Watch } from './watch.ts'

/** What people do in Odoo with their mouse, by the same methods; and what the connector does, in its shortest form. */

const row = z.object({ id: z.int() })

export async function createRecord(
  odoo: Odoo,
  model: string,
  values: Readonly<Record<string, unknown>>,
): Promise<number> {
  const answer = await odoo.act(model, 'create', { named: { vals_list: [values] } })
  return idIn(answer)
}

function idIn(answer: unknown): number {
  return z.int().parse(Array.isArray(answer) ? answer[0] : answer)
}

/** A wizard that is opened on journal entries. */
async function openWizard(
  odoo: Odoo,
  model: string,
  { on, ...values }: { readonly on: number; readonly [field: string]: unknown },
): Promise<number> {
  const context = { active_model: 'account.move', active_ids: [on] }
  return idIn(await odoo.act(model, 'create', { named: { vals_list: [values] }, context }))
}

export async function findOne(odoo: Odoo, model: string, domain: Domain): Promise<number> {
  const [found] = await odoo.search(model, { domain, row, order: 'id desc', limit: 1 })
  assert.ok(found, `there is no ${model}`)
  return found.id
}

export async function count(odoo: Odoo, transferId: number, quantity: number): Promise<void> {
  const domain: Domain = [['picking_id', '=', transferId]]
  const moves = await odoo.search('stock.move', { domain, row })
  await odoo.act('stock.move', 'write', {
    ids: moves.map(({ id }) => id),
    named: { vals: { quantity, picked: true } },
  })
}

export async function validate(
  odoo: Odoo,
  id: number,
  context: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await odoo.act('stock.picking', 'button_validate', {
    ids: [id],
    context: { skip_backorder: true, skip_sms: true, ...context },
  })
}

export async function cancelTransfer(odoo: Odoo, id: number): Promise<void> {
  await odoo.act('stock.picking', 'action_cancel', { ids: [id] })
}

const soldMove = z.object({ id: z.int(), product_id: many2one })

/**
 * As a program presses the wizard, with lines and without the return location that 17's form fills in: there the
 * new transfer keeps the destination of the old one, and only its moves say where the goods go.
 *
 * @returns the new transfer.
 */
export async function returnByWizard(
  odoo: Odoo,
  transferId: number,
  quantity: number,
): Promise<number> {
  const moves = await odoo.search('stock.move', {
    domain: [['picking_id', '=', transferId]],
    row: soldMove,
  })
  const wizard = await createRecord(odoo, 'stock.return.picking', {
    picking_id: transferId,
    product_return_moves: moves.map(({ id, product_id }) => [
      0,
      0,
      { product_id: product_id?.id, quantity, move_id: id, to_refund: true },
    ]),
  })
  const method = odoo.server.version >= 18 ? 'action_create_returns' : 'create_returns'
  await odoo.act('stock.return.picking', method, { ids: [wizard] })
  return findOne(odoo, 'stock.picking', [['return_id', '=', transferId]])
}

export interface Announced {
  readonly caseNo: string
  readonly product: Product
  readonly sale: Sale
  readonly transferId: number
}

/** Three of five pieces are to come back, as the connector announces them. */
export async function announceReturn(
  { admin, config }: ScenarioContext,
  caseNo: string,
  { isInvoiced = false }: { readonly isInvoiced?: boolean } = {},
): Promise<Announced> {
  const product = await newProduct(admin, { stock: 10 })
  const sale = await sell(admin, [{ product, quantity: 5 }], { isInvoiced })
  const odoo = await openAsHub(config)
  const places = config.warehouses['*']
  const sold = await findOne(odoo, 'stock.move', [['picking_id', '=', sale.deliveryId]])
  const from = await findOne(odoo, 'stock.location', [['usage', '=', 'customer']])
  const to = places?.quarantine ?? 0
  const ends = { 'location_id/.id': from, 'location_dest_id/.id': to }
  const origin = lineOrigin(caseNo, 1)
  const transferId = await getOrCreate(odoo, 'stock.picking', {
    key: externalId(config, caseNo, 'return'),
    values: {
      ...ends,
      'picking_type_id/.id': places?.returnsType ?? 0,
      'partner_id/.id': sale.customer.id,
      origin: transferOrigin(caseNo),
      move_type: 'direct',
      'return_id/.id': sale.deliveryId,
    },
    lines: {
      field: 'move_ids',
      records: [
        {
          key: externalId(config, caseNo, 'return', 'line1'),
          values: {
            ...ends,
            'product_id/.id': product.id,
            product_uom_qty: 3,
            'product_uom/.id': product.unitId,
            origin,
            ...(odoo.server.version < 19 ? { name: origin } : {}),
            'origin_returned_move_id/.id': sold,
            'sale_line_id/.id': sale.lineIds[0] ?? 0,
            to_refund: true,
          },
        },
      ],
    },
  })
  await odoo.act('stock.picking', 'action_confirm', { ids: [transferId] })
  return { caseNo, product, sale, transferId }
}

export interface Prepared extends Announced {
  readonly watch: Watch
}

/** An announced return, of which all is known that has happened so far. */
export async function prepareReturn(
  context: ScenarioContext,
  options: { readonly isInvoiced?: boolean; readonly isPaid?: boolean } = {},
): Promise<Prepared> {
  const announced = await announceReturn(context, uniqueCaseNo(), options)
  const { invoice } = announced.sale
  if (options.isPaid && invoice) await pay(context.admin, invoice.id)
  const watch = new Watch(context.config)
  assert.deepEqual(await watch.of(announced.caseNo), [], 'what the hub did itself is no news')
  return { ...announced, watch }
}

/** A return of which a person has received all three units, and the hub has heard of it. */
export async function prepareReceived(context: ScenarioContext): Promise<Prepared> {
  const prepared = await prepareReturn(context)
  await count(context.admin, prepared.transferId, 3)
  await validate(context.admin, prepared.transferId)
  await prepared.watch.look()
  return prepared
}

const creditSource = z.object({ id: z.int(), partner_id: many2one, journal_id: many2one })
const lineSource = z.object({
  id: z.int(),
  product_id: many2one,
  price_unit: z.number(),
  tax_ids: z.array(z.int()),
  account_id: many2one,
  sale_line_ids: z.array(z.int()),
})

/** A draft as the connector makes it. */
export async function draftCredit(
  odoo: Odoo,
  { caseNo, sale }: Announced,
  { creditId, quantity }: { readonly creditId: string; readonly quantity: number },
): Promise<number> {
  const invoiceId = sale.invoice?.id ?? 0
  const [invoice] = await odoo.read('account.move', [invoiceId], creditSource)
  const lineId = sale.invoice?.lineOf.get(sale.lineIds[0] ?? 0) ?? 0
  const [line] = await odoo.read('account.move.line', [lineId], lineSource)
  return getOrCreate(odoo, 'account.move', {
    key: externalId(odoo.config, caseNo, 'credit', creditId),
    values: {
      move_type: 'out_refund',
      'partner_id/.id': invoice?.partner_id?.id ?? 0,
      'journal_id/.id': invoice?.journal_id?.id ?? 0,
      ref: creditReference(caseNo, creditId),
      invoice_origin: sale.name,
      'reversed_entry_id/.id': invoiceId,
      invoice_date: new Date().toISOString().slice(0, 10),
    },
    lines: {
      field: 'invoice_line_ids',
      records: [
        {
          key: externalId(odoo.config, caseNo, 'credit', creditId, 'line1'),
          values: {
            'product_id/.id': line?.product_id?.id ?? 0,
            quantity,
            price_unit: line?.price_unit ?? 0,
            'tax_ids/.id': line?.tax_ids ?? [],
            'account_id/.id': line?.account_id?.id ?? 0,
            'sale_line_ids/.id': line?.sale_line_ids ?? [],
          },
        },
      ],
    },
  })
}

/** @returns the draft that reverses the entry as a whole. */
export async function reverseByWizard(odoo: Odoo, id: number, reason: string): Promise<number> {
  const [entry] = await odoo.read('account.move', [id], creditSource)
  const date = new Date().toISOString().slice(0, 10)
  const values = { journal_id: entry?.journal_id?.id, reason, date }
  const wizard = await openWizard(odoo, 'account.move.reversal', { on: id, ...values })
  const method = odoo.server.version >= 17 ? 'refund_moves' : 'reverse_moves'
  await odoo.act('account.move.reversal', method, { ids: [wizard] })
  return findOne(odoo, 'account.move', [['reversed_entry_id', '=', id]])
}

async function pay(odoo: Odoo, id: number, amount?: number): Promise<void> {
  const values = amount === undefined ? {} : { amount }
  const wizard = await openWizard(odoo, 'account.payment.register', { on: id, ...values })
  await odoo.act('account.payment.register', 'action_create_payments', { ids: [wizard] })
}

/**
 * @param amount - all that is open when left out.
 * @returns the payment.
 */
export async function payCredit(odoo: Odoo, creditNote: number, amount?: number): Promise<number> {
  await pay(odoo, creditNote, amount)
  return findOne(odoo, 'account.payment', [['payment_type', '=', 'outbound']])
}
