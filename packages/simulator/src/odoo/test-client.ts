import type { OdooDouble } from './odoo-double.ts'

/** What a call was answered. */
export interface Answered {
  readonly status: number
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read what they know is there
  readonly body: any
}

/** Calls a method over JSON-2 as the integration user: `call(odoo, 'sale.order.read', {ids: [26]})`. */
export async function call(
  odoo: Pick<OdooDouble, 'key' | 'url'>,
  name: string,
  body: unknown = {},
): Promise<Answered> {
  const at = name.lastIndexOf('.')
  const response = await fetch(`${odoo.url}/json/2/${name.slice(0, at)}/${name.slice(at + 1)}`, {
    method: 'POST',
    headers: { authorization: `bearer ${odoo.key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, body: isJson ? JSON.parse(text) : text }
}

/** Calls `execute_kw` over /jsonrpc as the integration user, and gives the whole envelope. */
export async function rpc(
  { url, database, uid, key }: OdooDouble,
  [model, method]: readonly [string, string],
  ...args: readonly unknown[]
): Promise<Answered['body']> {
  const params = {
    service: 'object',
    method: 'execute_kw',
    args: [database, uid, key, model, method, ...args],
  }
  const response = await fetch(`${url}/jsonrpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params }),
  })
  return response.json()
}

/** A `load()` of a return of lamps of order WEB-2004, under a key of its own. */
export function lampReturn(key: string, quantity = 1) {
  const moveColumns = [
    'id',
    'product_id/.id',
    'product_uom_qty',
    'origin_returned_move_id/.id',
    'sale_line_id/.id',
    'to_refund',
  ]
  return {
    fields: [
      'id',
      'picking_type_id/.id',
      'partner_id/.id',
      'origin',
      'return_id/.id',
      ...moveColumns.map((name) => `move_ids/${name}`),
    ],
    data: [
      [
        `hub.${key}-pick`,
        '19',
        '47',
        key,
        '60',
        `hub.${key}-move`,
        '63',
        String(quantity),
        '129',
        '57',
        'True',
      ],
    ],
    context: { mode: 'update', noupdate: true },
  }
}
