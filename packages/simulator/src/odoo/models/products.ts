import { nameOf } from '../orm/display-name.ts'
import type { Env } from '../orm/env.ts'
import {
  boolean,
  char,
  choice,
  field,
  float,
  many2many,
  many2one,
  one2many,
  related,
} from '../orm/fields.ts'
import type { Change, ModelDefinition } from '../orm/model.ts'
import type { Row, Values } from '../orm/rows.ts'
import { isReservedAt, locationsBelow } from './stock/quants.ts'
import type { Product, Quant } from './stock/stock-rows.ts'

const forbidden = {
  create: 'Products/Create',
  write: 'Products/Create',
  unlink: 'Products/Create',
}

const productFields = {
  name: char('Name', { isRequired: true }),
  default_code: char('Internal Reference'),
  barcode: char('Barcode'),
  type: choice('Product Type', 'consu service combo'),
  is_storable: boolean('Track Inventory'),
  tracking: choice('Tracking', 'serial lot none'),
  uom_id: many2one('uom.uom', 'Unit', { isRequired: true }),
  uom_ids: many2many('uom.uom', 'Packagings'),
  list_price: float('Sales Price'),
  standard_price: float('Cost'),
  taxes_id: many2many('account.tax', 'Sales Taxes'),
  supplier_taxes_id: many2many('account.tax', 'Purchase Taxes'),
  categ_id: many2one('product.category', 'Product Category'),
  property_account_income_id: many2one('account.account', 'Income Account'),
  invoice_policy: choice('Invoicing Policy', 'order delivery'),
  weight: float('Weight'),
  sale_ok: boolean('Sales'),
  purchase_ok: boolean('Purchase'),
  active: boolean('Active'),
  company_id: many2one('res.company', 'Company'),
}

const productProduct: ModelDefinition = {
  name: 'product.product',
  label: 'Product Variant',
  order: 'default_code,name,id',
  indexed: ['default_code', 'barcode', 'product_tmpl_id'],
  forbidden,
  fields: {
    ...productFields,
    display_name: char('Display Name', {
      compute: (env, row) => nameOf(env, 'product.product', row.id),
    }),
    product_tmpl_id: many2one('product.template', 'Product Template'),
    qty_available: float('Quantity On Hand', { compute: (env, row) => onHand(env, row).quantity }),
    free_qty: float('Free To Use Quantity', { compute: (env, row) => onHand(env, row).free }),
    virtual_available: float('Forecasted Quantity', { compute: forecast }),
  },
  displayName: (_env, row) => {
    const { default_code: code, name } = row as Product
    return code ? `[${code}] ${name}` : name
  },
  defaults: (env, values) => ({ ...productDefaults(), product_tmpl_id: templateFor(env, values) }),
}

const productTemplate: ModelDefinition = {
  name: 'product.template',
  label: 'Product',
  order: 'name,id',
  forbidden,
  fields: {
    ...productFields,
    product_variant_ids: one2many('product.product.product_tmpl_id', 'Products'),
  },
  displayName: (_env, row) => {
    const { default_code: code, name } = row as Product
    return code ? `[${code}] ${name}` : name
  },
  defaults: productDefaults,
  afterWrite: toVariants,
}

/** What a template and its variants have in common is kept with each of them. */
function toVariants(env: Env, { row, values }: Change): void {
  const shared = Object.entries(values).filter(([name]) => ['name', 'categ_id'].includes(name))
  if (shared.length === 0) return
  for (const variant of env.by('product.product', 'product_tmpl_id', row.id)) {
    env.update('product.product', variant, Object.fromEntries(shared))
  }
}

function productDefaults(): Values {
  return {
    type: 'consu',
    tracking: 'none',
    uom_id: 1,
    taxes_id: [1],
    supplier_taxes_id: [2],
    invoice_policy: 'delivery',
    list_price: 1,
    active: true,
    sale_ok: true,
    purchase_ok: true,
  }
}

function templateFor(env: Env, values: Values): number {
  return env.insert('product.template', { ...productDefaults(), ...values }).id
}

/** What there is of a product in all internal places, quarantine too, unless the context names a place. */
function onHand(env: Env, row: Row): { quantity: number; free: number } {
  const { location } = env.context
  const places = typeof location === 'number' ? new Set(locationsBelow(env, location)) : null
  let quantity = 0
  let reserved = 0
  for (const quant of env.by<Quant>('stock.quant', 'product_id', row.id)) {
    const counts = places ? places.has(quant.location_id) : isReservedAt(env, quant.location_id)
    if (!counts) continue
    quantity += quant.quantity
    reserved += quant.reserved_quantity
  }
  return { quantity, free: quantity - reserved }
}

function forecast(env: Env, row: Row): number {
  let quantity = onHand(env, row).quantity
  for (const move of env.by('stock.move', 'product_id', row.id)) {
    if (['draft', 'done', 'cancel'].includes(String(move['state']))) continue
    const from = isReservedAt(env, Number(move['location_id']))
    const to = isReservedAt(env, Number(move['location_dest_id']))
    quantity += (Number(to) - Number(from)) * Number(move['product_uom_qty'])
  }
  return quantity
}

const uom: ModelDefinition = {
  name: 'uom.uom',
  label: 'Product Unit of Measure',
  order: 'sequence,id',
  forbidden: { create: 'Access Rights', write: 'Access Rights', unlink: 'Access Rights' },
  fields: {
    name: char('Unit Name'),
    sequence: field('integer', 'Sequence'),
    factor: float('Absolute Quantity'),
    relative_factor: float('Contains'),
    relative_uom_id: many2one('uom.uom', 'Reference Unit'),
    rounding: float('Rounding Precision'),
    active: boolean('Active'),
  },
}

const supplierInfo: ModelDefinition = {
  name: 'product.supplierinfo',
  label: 'Supplier Pricelist',
  indexed: ['product_tmpl_id'],
  fields: {
    partner_id: many2one('res.partner', 'Vendor'),
    product_tmpl_id: many2one('product.template', 'Product Template'),
    product_code: char('Vendor Product Code'),
    price: float('Price'),
    delay: field('integer', 'Delivery Lead Time'),
  },
}

const bom: ModelDefinition = {
  name: 'mrp.bom',
  label: 'Bill of Material',
  indexed: ['product_tmpl_id'],
  fields: {
    product_tmpl_id: many2one('product.template', 'Product', { isRequired: true }),
    product_id: many2one('product.product', 'Product Variant'),
    product_qty: float('Quantity'),
    product_uom_id: many2one('uom.uom', 'Unit'),
    type: choice('BoM Type', 'normal phantom'),
    bom_line_ids: one2many('mrp.bom.line.bom_id', 'BoM Lines'),
    sequence: field('integer', 'Sequence'),
    active: boolean('Active'),
  },
  defaults: () => ({ type: 'normal', product_qty: 1, product_uom_id: 1, active: true }),
}

const bomLine: ModelDefinition = {
  name: 'mrp.bom.line',
  label: 'Bill of Material Line',
  indexed: ['bom_id'],
  fields: {
    bom_id: many2one('mrp.bom', 'Parent BoM', { isRequired: true }),
    product_id: many2one('product.product', 'Component', { isRequired: true }),
    product_tmpl_id: related('many2one', 'product_id.product_tmpl_id', {
      relation: 'product.template',
    }),
    parent_product_tmpl_id: related('many2one', 'bom_id.product_tmpl_id', {
      relation: 'product.template',
    }),
    product_qty: float('Quantity'),
    product_uom_id: many2one('uom.uom', 'Unit'),
    bom_product_template_attribute_value_ids: many2many(
      'product.template.attribute.value',
      'Apply on Variants',
    ),
  },
  defaults: () => ({ product_qty: 1, product_uom_id: 1 }),
}

/** What is bought and sold. */
export const products: readonly ModelDefinition[] = [
  productProduct,
  productTemplate,
  uom,
  supplierInfo,
  bom,
  bomLine,
  {
    name: 'product.packaging',
    label: 'Product Packaging',
    indexed: ['product_id'],
    fields: {
      name: char('Product Packaging', { isRequired: true }),
      qty: float('Contained Quantity'),
      barcode: char('Barcode'),
      product_id: many2one('product.product', 'Product'),
    },
  },
  {
    name: 'uom.category',
    label: 'Product UoM Categories',
    fields: { name: char('Unit of Measure Category') },
  },
  {
    name: 'product.category',
    label: 'Product Category',
    fields: {
      name: char('Name'),
      complete_name: char('Complete Name', { compute: (_env, row) => row['name'] }),
      property_account_income_categ_id: many2one('account.account', 'Income Account'),
    },
  },
]
