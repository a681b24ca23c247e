import { placeKey } from '../models/stock/quants.ts'
import type { MoveLine } from '../models/stock/stock-rows.ts'
import { type Env, isStored } from '../orm/env.ts'
import type { Field } from '../orm/fields.ts'
import type { ModelDefinition } from '../orm/model.ts'
import { isObject, type Row, type Values } from '../orm/rows.ts'

/** Records as `search_read` answers them, by model. */
export type RecordedRecords = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/**
 * Puts recorded records into the database under their own ids, over what has those ids. What can
 * be seen nowhere in them, such as how much a line holds back, is made to fit.
 */
export function importRecords(env: Env, records: RecordedRecords): void {
  forgetQuants(env, records['stock.quant'] ?? [])
  for (const [name, list] of Object.entries(records)) {
    const model = env.registry.find(name)
    if (model) for (const record of list) importOne(env, model, record)
  }
  for (const { id } of records['stock.move.line'] ?? []) holdBack(env, id)
  for (const { id } of records['account.move'] ?? []) followEntry(env, id)
  // What was recorded is as Odoo had worked it out.
  env.forget()
}

function importOne(
  env: Env,
  model: ModelDefinition,
  record: Readonly<Record<string, unknown>>,
): void {
  const values: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(record)) {
    const field = model.fields[name]
    if (field && isStored(field)) values[name] = stored(field, value)
  }
  const trace = {
    create_date: values['create_date'] ?? env.stamp,
    write_date: values['write_date'] ?? env.stamp,
  }
  const known = env.find(model.name, record['id'])
  const row = known ?? env.insert(model.name, extras(model, record))
  if (!known) moveTo(env, model, { row, id: Number(record['id']) })
  env.db.update(model.name, env.get(model.name, record['id']), { ...values, ...trace })
}

/** A new row gets the next id; here it gets that which it was recorded with. */
function moveTo(env: Env, model: ModelDefinition, { row, id }: { row: Row; id: number }): void {
  env.db.delete(model.name, row)
  const moved = Object.assign(Object.create(Object.getPrototypeOf(row)), row, { id })
  env.db.insert(model.name, moved as Row)
}

function stored(field: Field, value: unknown): unknown {
  return field.type === 'many2one' && Array.isArray(value) ? value[0] : value
}

/** What Odoo keeps and does not show, or shows under another name. */
function extras(model: ModelDefinition, record: Readonly<Record<string, unknown>>): Values {
  if (model.name === 'res.partner') return { complete_name: record['display_name'] }
  if (model.name === 'product.product') return { supplier_taxes_id: [2], sale_ok: true }
  if (model.name === 'stock.move') return { company_id: 1, sequence: 10 }
  if (model.name === 'stock.quant') {
    const link = (name: string): number => Number([record[name]].flat()[0])
    const [product_id, location_id] = [link('product_id'), link('location_id')]
    return { place: placeKey({ product_id, location_id, lot_id: link('lot_id') || false }) }
  }
  return { company_id: 1, reserved: 0, move_type: 'direct', priority: '0', warehouse_id: 1 }
}

/** What was recorded of a product's stock is all there is of it. */
function forgetQuants(env: Env, quants: RecordedRecords[string]): void {
  const products = new Set(
    quants.map((quant) => isObject(quant) && (quant['product_id'] as number[])[0]),
  )
  for (const product of products) {
    for (const quant of env.by('stock.quant', 'product_id', product))
      env.db.delete('stock.quant', quant)
  }
}

/** Lets a line that is open hold back what it reserved. */
function holdBack(env: Env, id: unknown): void {
  const line = env.get<MoveLine>('stock.move.line', id)
  const state = env.find('stock.move', line.move_id)?.['state']
  const isOpen = state === 'assigned' || state === 'partially_available'
  const usage = env.get('stock.location', line.location_id)['usage']
  const reserved = isOpen && usage === 'internal' ? line.quantity : 0
  env.db.update('stock.move.line', line, { reserved })
}

/** The items of an entry have its state and date; one that was posted has been so before. */
function followEntry(env: Env, id: unknown): void {
  const move = env.get('account.move', id)
  env.db.update('account.move', move, { posted_before: move['state'] === 'posted' })
  for (const item of env.by('account.move.line', 'move_id', move.id)) {
    const values = { parent_state: move['state'], date: move['date'], company_id: 1 }
    const balance = Number(item['balance'])
    const sides = { debit: Math.max(0, balance), credit: Math.max(0, -balance) }
    env.db.update('account.move.line', item, { ...values, ...sides })
  }
}
