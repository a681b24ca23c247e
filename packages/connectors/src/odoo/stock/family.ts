import { z } from 'zod'
import { many2one, text } from '../client/values.ts'
import { transferOrigin } from '../references.ts'
import { findMoves, type Move } from './moves.ts'
import { familyDomain, isReturn, type Opened } from './opening.ts'

const row = z.object({
  id: z.int(),
  name: text,
  state: z.string(),
  origin: text,
  partner_id: many2one,
  picking_type_code: text,
  location_dest_id: many2one,
})

/** A transfer of a return. */
export interface Transfer {
  readonly id: number
  readonly name: string
  readonly state: 'draft' | 'open' | 'done' | 'canceled'
  readonly origin: string
  readonly partnerId: number | null
  readonly kind: string | null
}

function toTransfer({
  id,
  name,
  state,
  origin,
  partner_id,
  picking_type_code,
}: z.output<typeof row>): Transfer {
  return {
    id,
    name: name ?? '',
    state: stateOf(state),
    origin: origin ?? '',
    partnerId: partner_id?.id ?? null,
    kind: picking_type_code,
  }
}

function stateOf(state: string): Transfer['state'] {
  if (state === 'draft' || state === 'done') return state
  return state === 'cancel' ? 'canceled' : 'open'
}

/** All transfers that bring goods of a return back: the announced one, its backorders, and blind ones. */
export async function returnTransfers(
  { odoo, caseNo }: Opened,
  told: readonly number[],
): Promise<Transfer[]> {
  const domain = familyDomain(caseNo, told, 'transfer')
  const rows = await odoo.search('stock.picking', { domain, row, order: 'id' })
  return rows.map(toTransfer).filter(({ kind }) => kind === 'incoming')
}

export interface Family {
  readonly transfers: readonly Transfer[]
  readonly moves: readonly Move[]
}

/** Two calls, at once. */
export async function returnFamily(opened: Opened, told: readonly number[]): Promise<Family> {
  const { odoo, caseNo } = opened
  const [transfers, moves] = await Promise.all([
    returnTransfers(opened, told),
    findMoves(odoo, familyDomain(caseNo, told, 'move')),
  ])
  return { transfers, moves: moves.filter(isReturn) }
}

/**
 * The transfers that a receipt was counted into. Its mark is written first, so a done one proves that it was
 * recorded. A receipt that people have made in Odoo is called by its transfer.
 */
export function recordedAs(
  transfers: readonly Transfer[],
  caseNo: string,
  receiptId: string,
): Transfer[] {
  const mark = transferOrigin(caseNo, receiptId)
  const isIt = ({ id, origin }: Transfer) => origin === mark || receiptId === `transfer-${id}`
  return transfers.filter((transfer) => transfer.state === 'done' && isIt(transfer))
}
