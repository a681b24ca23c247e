import type { Env } from '../../orm/env.ts'

/** The next name of an operation type's sequence; a transaction that fails leaves a gap. */
export function nextPickingName(env: Env, typeId: number): string {
  const type = env.get('stock.picking.type', typeId)
  const warehouse = env.find('stock.warehouse', type['warehouse_id'])
  const prefix = `${warehouse ? `${String(warehouse['code'])}/` : ''}${String(type['sequence_code'])}/`
  return prefix + String(env.db.nextNumber(prefix)).padStart(5, '0')
}
