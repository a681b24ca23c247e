import { readFileSync } from 'node:fs'

import type { Env } from '../orm/env.ts'
import { char, choice, type Field, float, many2one, one2many, related } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import type { Row } from '../orm/rows.ts'

type Fields = Readonly<Record<string, Field>>

/** How the fields of a model were in an earlier version. */
interface Changes {
  /** The names that fields had, by their names now. */
  readonly renamed?: Readonly<Record<string, string>>
  /** What there was not yet. */
  readonly missing?: readonly string[]
  /** What there is not any more, or was otherwise. */
  readonly added?: Fields
}

/** What is different in 18 and in 17, by model. */
const before19: Readonly<Record<string, Changes>> = {
  'res.users': { renamed: { group_ids: 'groups_id' } },
  'sale.order.line': { renamed: { product_uom_id: 'product_uom', tax_ids: 'tax_id' } },
  'purchase.order.line': { renamed: { product_uom_id: 'product_uom', tax_ids: 'taxes_id' } },
  'stock.move': {
    added: {
      name: char('Description', { isRequired: true }),
      group_id: many2one('procurement.group', 'Procurement Group'),
      scrapped: { type: 'boolean', label: 'Scrapped', compute: isScrapped },
    },
  },
  'product.product': {
    added: { packaging_ids: one2many('product.packaging.product_id', 'Product Packages') },
  },
  'uom.uom': {
    missing: ['relative_factor', 'relative_uom_id'],
    added: {
      category_id: many2one('uom.category', 'Category', { compute: unitCategory }),
      factor: float('Ratio', { compute: (_env, row) => 1 / largeRatio(row) }),
      factor_inv: float('Bigger Ratio', { compute: (_env, row) => largeRatio(row) }),
      uom_type: choice('Type', 'bigger reference smaller', { compute: unitType }),
    },
  },
}

/** What is different in 17 only, by model. */
const before18: Readonly<Record<string, Changes>> = {
  'account.move': {
    renamed: { reversal_move_ids: 'reversal_move_id' },
    missing: ['matched_payment_ids', 'origin_payment_id'],
    added: {
      payment_id: many2one('account.payment', 'Payment', { storedAs: 'origin_payment_id' }),
    },
  },
  'account.move.line': {
    added: {
      payment_id: related('many2one', 'move_id.payment_id', { relation: 'account.payment' }),
    },
  },
  'account.payment': {
    renamed: { memo: 'ref' },
    added: { state: choice('Status', 'draft posted cancel', { compute: paymentState }) },
  },
  'stock.return.picking': {
    added: { location_id: many2one('stock.location', 'Return Location') },
  },
  // The place where the goods to be repaired are.
  'repair.order': {
    missing: ['location_id'],
    renamed: { product_location_src_id: 'location_id' },
  },
  'product.product': productsOf17(),
  'product.template': productsOf17(),
}

/** What could be stored was a type of its own. */
function productsOf17(): Changes {
  const kinds = 'consu service product'
  return {
    missing: ['is_storable'],
    added: {
      type: choice('Type', kinds, { compute: kindOf }),
      detailed_type: choice('Product Type', kinds, { compute: kindOf, keep: keepKind }),
    },
  }
}

function kindOf(_env: Env, row: Row): unknown {
  return row['is_storable'] === true ? 'product' : row['type']
}

function keepKind(kind: unknown) {
  const is_storable = kind === 'product'
  return { is_storable, type: is_storable ? 'consu' : kind }
}

function isScrapped(env: Env, row: Row): boolean {
  return env.find('stock.location', row['location_dest_id'])?.['usage'] === 'inventory'
}

function paymentState(_env: Env, row: Row): string {
  if (row['state'] === 'draft') return 'draft'
  return row['state'] === 'canceled' ? 'cancel' : 'posted'
}

/** Up to 18 units had categories, and a reference unit in each: pieces and meters here. */
function isLength(row: Row): boolean {
  return ['mm', 'cm', 'm'].includes(String(row['name']))
}

function unitCategory(_env: Env, row: Row): number {
  return isLength(row) ? 2 : 1
}

function largeRatio(row: Row): number {
  return Number(row['factor']) / (isLength(row) ? 1000 : 1)
}

function unitType(_env: Env, row: Row): string {
  const ratio = largeRatio(row)
  if (ratio === 1) return 'reference'
  return ratio > 1 ? 'bigger' : 'smaller'
}

const file = new URL('../../../data/odoo/fields-not-yet.json', import.meta.url)

let notYet: Readonly<Record<string, Readonly<Record<string, string>>>> | null = null

/** Fields of the recorded Odoo 19 that servers of 18 and 17 with the same modules were seen to lack. */
function fieldsNotYet(version: number, model: string): readonly string[] {
  notYet ??= JSON.parse(readFileSync(file, 'utf8')) as NonNullable<typeof notYet>
  return notYet[String(version)]?.[model]?.split(' ') ?? []
}

/** Units lost their categories and products their packagings in 19; reasons for scrapping came with 18. */
export function modelsMissingIn(version: number): readonly string[] {
  if (version >= 19) return ['uom.category', 'product.packaging']
  return version < 18 ? ['stock.scrap.reason.tag'] : []
}

/** A model as it was in a version; what its records hold is the same in all. */
export function asOfVersion(model: ModelDefinition, version: number): ModelDefinition {
  const changes = [
    version < 19 ? before19[model.name] : undefined,
    version < 18 ? before18[model.name] : undefined,
  ]
  let { fields } = model
  for (const change of changes) if (change) fields = changed(fields, change)
  const renamed = new Set(changes.flatMap((change) => Object.keys(change?.renamed ?? {})))
  const unknown = fieldsNotYet(version, model.name).filter((name) => !renamed.has(name))
  fields = changed(fields, { missing: unknown })
  const gone = [...changes.flatMap((change) => change?.missing ?? []), ...unknown]
  const hidden = Object.fromEntries(
    Object.entries(model.fields).filter(([name]) => gone.includes(name)),
  )
  return { ...model, fields, hidden }
}

function changed(fields: Fields, { renamed = {}, missing = [], added = {} }: Changes): Fields {
  const kept = Object.entries(fields).filter(([name]) => !missing.includes(name))
  const named = kept.map(([name, field]) => {
    const old = renamed[name]
    return old ? [old, { ...field, storedAs: name }] : [name, field]
  })
  return { ...Object.fromEntries(named), ...added }
}
