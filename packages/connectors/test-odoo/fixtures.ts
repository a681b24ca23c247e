import { z } from 'zod'
import type { Odoo } from '../src/odoo/client/odoo.ts'
import { many2one } from '../src/odoo/client/values.ts'
import type { WarehousePlaces } from '../src/odoo/config.ts'

/**
 * Records of their own for each scenario on a real server, made by an administrator: scenarios share a
 * database, and must neither depend on each other nor on how often they ran.
 */

const rowId = z.object({ id: z.int() })

async function create(admin: Odoo, model: string, values: Readonly<Record<string, unknown>>) {
  const answer = await admin.act(model, 'create', { named: { vals_list: [values] } })
  const id = Array.isArray(answer) ? answer[0] : answer
  return z.int().parse(id)
}

async function findId(admin: Odoo, model: string, domain: Parameters<Odoo['search']>[1]['domain']) {
  const context = { active_test: false }
  const [found] = await admin.search(model, { domain, row: rowId, order: 'id', limit: 1, context })
  return found?.id ?? null
}

const warehouse = z.object({
  id: z.int(),
  view_location_id: many2one,
  lot_stock_id: many2one,
  out_type_id: many2one,
  int_type_id: many2one,
  company_id: many2one,
})

/** A change that a set-up made, and how it is taken back. */
export interface Undo {
  /** What stays where Odoo refuses. */
  readonly what: string
  readonly undo: () => Promise<unknown>
}

/**
 * The places of the first warehouse: made as recording 03 shows it, or found.
 *
 * @param undos - gets what takes each change back, in the order of the changes.
 */
export async function ensurePlaces(admin: Odoo, undos: Undo[] = []): Promise<WarehousePlaces> {
  const [found] = await admin.search('stock.warehouse', { domain: [], row: warehouse, limit: 1 })
  const { view_location_id, lot_stock_id, int_type_id, out_type_id, company_id } = found ?? {}
  const parent = view_location_id?.id ?? 0
  const make = async (model: string, values: Readonly<Record<string, unknown>>) => {
    const id = await create(admin, model, values)
    const archive = () =>
      admin.act(model, 'write', { ids: [id], named: { vals: { active: false } } })
    undos.push({ what: `${String(values['name'])} (${model})`, undo: archive })
    return id
  }
  const location = async (name: string) =>
    (await findId(admin, 'stock.location', [
      ['name', '=', name],
      ['location_id', '=', parent],
    ])) ?? (await make('stock.location', { name, location_id: parent, usage: 'internal' }))
  const quarantine = await location('Returns Quarantine')
  const vendor = await location('Vendor Returns')
  const repair = await location('Repair')
  const customers = await findId(admin, 'stock.location', [['usage', '=', 'customer']])
  const isReturns = [
    ['sequence_code', '=', 'RET'],
    ['warehouse_id', '=', found?.id],
  ] as const
  const known = await findId(admin, 'stock.picking.type', isReturns)
  const returnsType =
    known ??
    (await make('stock.picking.type', {
      name: 'Customer Returns',
      code: 'incoming',
      sequence_code: 'RET',
      warehouse_id: found?.id,
      default_location_src_id: customers,
      default_location_dest_id: quarantine,
      use_create_lots: false,
      use_existing_lots: true,
      return_picking_type_id: out_type_id?.id,
    }))
  await changeType(admin, undos, { id: int_type_id?.id ?? 0, values: { active: true } })
  const values = { return_picking_type_id: returnsType }
  await changeType(admin, undos, { id: out_type_id?.id ?? 0, values })
  return {
    company: company_id?.id,
    returnsType,
    quarantine,
    stock: lot_stock_id?.id ?? 0,
    internalType: int_type_id?.id ?? 0,
    repair,
    vendor,
  }
}

const operationType = z.object({ active: z.boolean(), return_picking_type_id: many2one })

async function changeType(
  admin: Odoo,
  undos: Undo[],
  { id, values }: { readonly id: number; readonly values: Partial<Record<string, unknown>> },
): Promise<void> {
  const [{ active, return_picking_type_id } = { active: true, return_picking_type_id: null }] =
    await admin.read('stock.picking.type', [id], operationType)
  const before = { active, return_picking_type_id: return_picking_type_id?.id ?? false }
  const isAsBefore = Object.entries(values).every(
    ([name, value]) => before[name as keyof typeof before] === value,
  )
  if (isAsBefore) return
  const write = (vals: object) =>
    admin.act('stock.picking.type', 'write', { ids: [id], named: { vals } })
  await write(values)
  const vals = Object.fromEntries(
    Object.keys(values).map((name) => [name, before[name as keyof typeof before]]),
  )
  undos.push({ what: `operation type ${id}`, undo: () => write(vals) })
}

export interface Product {
  readonly id: number
  readonly sku: string
  readonly unitId: number
}

let counter = 0
/** Names and case numbers that this process has given out, so that it can clean up after itself. */
export const given = { names: new Set<string>(), caseNos: new Set<string>() }

/** A name that no other scenario uses, in this run or another. */
export function unique(prefix: string): string {
  counter += 1
  const name =
    `${prefix}-${Date.now().toString(36)}${process.pid.toString(36)}${counter.toString(36)}`.toUpperCase()
  given.names.add(name)
  return name
}

/** A case number of the hub's form that no other scenario uses. */
export function uniqueCaseNo(): string {
  counter += 1
  const caseNo = `RMA-${Date.now()}${String(counter % 100).padStart(2, '0')}-7`
  given.caseNos.add(caseNo)
  return caseNo
}

/** A product with stock: `serials` and `lots` are made with it, one unit a serial. */
export async function newProduct(
  admin: Odoo,
  options: {
    readonly price?: number
    readonly stock?: number
    readonly serials?: readonly string[]
    readonly lots?: Readonly<Record<string, number>>
  } = {},
): Promise<Product> {
  const { price = 100, stock = 0, serials = [], lots = {} } = options
  const inStock = { ...Object.fromEntries(serials.map((name) => [name, 1])), ...lots }
  const tracked = Object.keys(lots).length > 0 ? 'lot' : 'none'
  const tracking = serials.length > 0 ? 'serial' : tracked
  const storable = await storableAs(admin)
  const sku = unique('P')
  const id = await create(admin, 'product.product', {
    name: `Product ${sku}`,
    default_code: sku,
    list_price: price,
    standard_price: price / 2,
    invoice_policy: 'delivery',
    tracking,
    ...storable,
  })
  const row = z.object({ uom_id: many2one })
  const [made] = await admin.read('product.product', [id], row)
  if (stock > 0) await addStock(admin, { productId: id, quantity: stock })
  for (const [name, quantity] of Object.entries(inStock)) {
    const lotId = await create(admin, 'stock.lot', { name, product_id: id })
    await addStock(admin, { productId: id, quantity, lotId })
  }
  return { id, sku, unitId: made?.uom_id?.id ?? 0 }
}

/** How a product says that it is kept in stock. */
async function storableAs(admin: Odoo): Promise<Readonly<Record<string, unknown>>> {
  if (admin.server.version >= 18) return { type: 'consu', is_storable: true }
  const known = await admin.fieldsOf('product.product', ['detailed_type'])
  return known.has('detailed_type') ? { detailed_type: 'product' } : { type: 'product' }
}

/** Puts units into the main stock, as a count of the inventory does. */
async function addStock(
  admin: Odoo,
  { productId, quantity, lotId }: { productId: number; quantity: number; lotId?: number },
): Promise<void> {
  const row = z.object({ lot_stock_id: many2one })
  const [place] = await admin.search('stock.warehouse', { domain: [], row, limit: 1 })
  const values = {
    product_id: productId,
    location_id: place?.lot_stock_id?.id,
    inventory_quantity: quantity,
    ...(lotId === undefined ? {} : { lot_id: lotId }),
  }
  const context = { inventory_mode: true }
  const answer = await admin.act('stock.quant', 'create', {
    named: { vals_list: [values] },
    context,
  })
  const id = z.int().parse(Array.isArray(answer) ? answer[0] : answer)
  await admin.act('stock.quant', 'action_apply_inventory', { ids: [id] })
}

/** A kit that is sold as one and delivered as its parts: a phantom bill of materials. */
export async function newKit(
  admin: Odoo,
  parts: readonly { readonly product: Product; readonly quantity: number }[],
): Promise<Product> {
  const kit = await newProduct(admin, { price: 59 })
  const row = z.object({ product_tmpl_id: many2one })
  const [made] = await admin.read('product.product', [kit.id], row)
  await create(admin, 'mrp.bom', {
    product_tmpl_id: made?.product_tmpl_id?.id,
    type: 'phantom',
    product_qty: 1,
    bom_line_ids: parts.map(({ product, quantity }) => [
      0,
      0,
      { product_id: product.id, product_qty: quantity },
    ]),
  })
  return kit
}

export interface Customer {
  readonly id: number
}

export async function newCustomer(admin: Odoo): Promise<Customer> {
  const name = unique('Customer')
  // With a number, deliveries ask whether to send a message.
  const phone = '+1 555 010 2000'
  return { id: await create(admin, 'res.partner', { name, phone, is_company: true }) }
}

export async function newVendor(admin: Odoo): Promise<Customer> {
  const name = unique('Vendor')
  return { id: await create(admin, 'res.partner', { name, is_company: true, supplier_rank: 1 }) }
}

export interface SoldLine {
  readonly product: Product
  /** In the unit sold. */
  readonly quantity: number
  /** A unit other than the product's own. */
  readonly unitId?: number
  readonly price?: number
  readonly discount?: number
}

export interface Order {
  readonly id: number
  readonly name: string
  readonly customer: Customer
  /** Ids of the lines of the order, in the order of what was sold. */
  readonly lineIds: readonly number[]
}

/** A confirmed order; nothing is delivered yet. */
export async function newOrder(
  admin: Odoo,
  lines: readonly SoldLine[],
  customer?: Customer,
): Promise<Order> {
  const buyer = customer ?? (await newCustomer(admin))
  const units = await admin.fieldsOf('sale.order.line', ['product_uom_id', 'product_uom'])
  const unitField = units.has('product_uom_id') ? 'product_uom_id' : 'product_uom'
  const id = await create(admin, 'sale.order', {
    partner_id: buyer.id,
    client_order_ref: unique('WEB'),
    order_line: lines.map(({ product, quantity, unitId, price, discount }) => [
      0,
      0,
      {
        product_id: product.id,
        product_uom_qty: quantity,
        ...(unitId === undefined ? {} : { [unitField]: unitId }),
        ...(price === undefined ? {} : { price_unit: price }),
        ...(discount === undefined ? {} : { discount }),
      },
    ]),
  })
  await admin.act('sale.order', 'action_confirm', { ids: [id] })
  const row = z.object({ name: z.string(), order_line: z.array(z.int()) })
  const [made] = await admin.read('sale.order', [id], row)
  return { id, name: made?.name ?? '', customer: buyer, lineIds: made?.order_line ?? [] }
}

const openMove = z.object({
  id: z.int(),
  product_id: many2one,
  product_uom_qty: z.number(),
  picking_id: many2one,
})
const lotLine = z.object({ id: z.int(), name: z.string() })

/** What leaves with a delivery: by product, how many, or which serials, or how many of each lot. */
export type Shipped = ReadonlyMap<
  Product,
  number | readonly string[] | Readonly<Record<string, number>>
>

/**
 * Delivers what is open of an order; the rest stays open where less is shipped.
 *
 * @param shipped - all that is open when left out.
 * @returns the id of the done transfer.
 */
export async function deliver(admin: Odoo, order: Order, shipped?: Shipped): Promise<number> {
  const moves = await admin.search('stock.move', {
    domain: [
      ['sale_line_id.order_id', '=', order.id],
      ['state', 'not in', ['done', 'cancel']],
      ['location_dest_id.usage', '=', 'customer'],
    ],
    row: openMove,
    order: 'id',
  })
  const pickingId = moves[0]?.picking_id?.id
  if (pickingId === undefined) throw new Error(`nothing of ${order.name} is open`)
  await admin.act('stock.picking', 'action_assign', { ids: [pickingId] })
  for (const move of moves.filter(({ picking_id }) => picking_id?.id === pickingId)) {
    await pick(admin, move, quantityOf(move, shipped))
  }
  const context = { skip_sms: true, skip_backorder: true }
  await admin.act('stock.picking', 'button_validate', { ids: [pickingId], context })
  const [done] = await admin.read('stock.picking', [pickingId], z.object({ state: z.string() }))
  if (done?.state !== 'done') throw new Error(`${order.name} was not delivered: ${done?.state}`)
  return pickingId
}

function quantityOf(move: z.output<typeof openMove>, shipped: Shipped | undefined) {
  if (shipped === undefined) return move.product_uom_qty
  const [, quantity = 0] = [...shipped].find(([{ id }]) => id === move.product_id?.id) ?? []
  return quantity
}

async function pick(
  admin: Odoo,
  { id, product_id }: z.output<typeof openMove>,
  what: number | readonly string[] | Readonly<Record<string, number>>,
): Promise<void> {
  if (typeof what === 'number') {
    const vals = { quantity: what, picked: what > 0 }
    await admin.act('stock.move', 'write', { ids: [id], named: { vals } })
    return
  }
  const byLot = isNames(what) ? Object.fromEntries(what.map((name) => [name, 1])) : what
  const lots = await admin.search('stock.lot', {
    domain: [
      ['product_id', '=', product_id?.id],
      ['name', 'in', Object.keys(byLot)],
    ],
    row: lotLine,
  })
  const lines = lots.map((lot) => {
    const values = { product_id: product_id?.id, lot_id: lot.id, quantity: byLot[lot.name] }
    return [0, 0, { ...values, picked: true }]
  })
  const vals = { move_line_ids: [[5], ...lines] }
  await admin.act('stock.move', 'write', { ids: [id], named: { vals } })
}

function isNames(what: object): what is readonly string[] {
  return Array.isArray(what)
}

export interface Invoice {
  readonly id: number
  readonly name: string
  /** Posted lines, by the line of the order that each is of. */
  readonly lineOf: ReadonlyMap<number, number>
}

const invoiceLine = z.object({ id: z.int(), sale_line_ids: z.array(z.int()) })

/** Invoices what is delivered and not yet invoiced, and posts it. */
export async function invoice(admin: Odoo, order: Order): Promise<Invoice> {
  const before = await invoicesOf(admin, order)
  const wizard = await create(admin, 'sale.advance.payment.inv', {
    advance_payment_method: 'delivered',
    sale_order_ids: [[6, 0, [order.id]]],
  })
  await admin.act('sale.advance.payment.inv', 'create_invoices', { ids: [wizard] })
  const id = (await invoicesOf(admin, order)).find((one) => !before.includes(one))
  if (id === undefined) throw new Error(`nothing of ${order.name} can be invoiced`)
  await admin.act('account.move', 'action_post', { ids: [id] })
  const [posted] = await admin.read('account.move', [id], z.object({ name: z.string() }))
  const lines = await admin.search('account.move.line', {
    domain: [
      ['move_id', '=', id],
      ['sale_line_ids', '!=', false],
    ],
    row: invoiceLine,
  })
  const lineOf = new Map(lines.flatMap((line) => line.sale_line_ids.map((one) => [one, line.id])))
  return { id, name: posted?.name ?? '', lineOf }
}

async function invoicesOf(admin: Odoo, { id }: Order): Promise<readonly number[]> {
  const row = z.object({ invoice_ids: z.array(z.int()) })
  const [order] = await admin.read('sale.order', [id], row)
  return order?.invoice_ids ?? []
}

export interface Sale extends Order {
  readonly deliveryId: number
  readonly invoice: Invoice | null
}

/** An order that is delivered as a whole and, unless told otherwise, invoiced. */
export async function sell(
  admin: Odoo,
  lines: readonly SoldLine[],
  options: {
    readonly isInvoiced?: boolean
    readonly shipped?: Shipped
    readonly customer?: Customer
  } = {},
): Promise<Sale> {
  const order = await newOrder(admin, lines, options.customer)
  const deliveryId = await deliver(admin, order, options.shipped)
  const { isInvoiced = true } = options
  return { ...order, deliveryId, invoice: isInvoiced ? await invoice(admin, order) : null }
}

/** The unit of a dozen, made active where the database ships it archived. */
export async function dozen(admin: Odoo): Promise<number> {
  const id = await findId(admin, 'uom.uom', [['name', 'in', ['Dozens', 'Dozen']]])
  if (id === null) throw new Error('the database has no unit of a dozen')
  await admin.act('uom.uom', 'write', { ids: [id], named: { vals: { active: true } } })
  return id
}

/** Goods that were bought from a vendor and taken into stock, at a price for each. */
export async function bring(
  admin: Odoo,
  bought: {
    readonly vendor: Customer
    readonly product: Product
    readonly quantity: number
    readonly price: number
  },
): Promise<{ readonly orderId: number; readonly lineId: number }> {
  const { vendor, product, quantity, price } = bought
  const line = { product_id: product.id, product_qty: quantity, price_unit: price }
  const orderId = await create(admin, 'purchase.order', {
    partner_id: vendor.id,
    order_line: [[0, 0, line]],
  })
  await admin.act('purchase.order', 'button_confirm', { ids: [orderId] })
  const row = z.object({ picking_ids: z.array(z.int()), order_line: z.array(z.int()) })
  const [order] = await admin.read('purchase.order', [orderId], row)
  const ids = order?.picking_ids ?? []
  await admin.act('stock.picking', 'button_validate', { ids })
  return { orderId, lineId: order?.order_line[0] ?? 0 }
}
