import type { CommandBody, CommandType } from '@backhaul/sdk/canonical'
import type { Delivered, DeliveredRef, Delivery } from '@backhaul/sdk/connector'
import { type Domain, Odoo } from '../client/odoo.ts'
import type { Config, WarehousePlaces } from '../config.ts'
import { companyIdOf, placesOf } from '../places.ts'
import { idOf } from './lines.ts'
import { findMoves, type Move, ofCase } from './moves.ts'

/** What every step of goods works with. */
export interface Opened {
  readonly odoo: Odoo
  readonly places: WarehousePlaces
  readonly caseNo: string
}

type About = CommandBody<'return.record'>['about']

/** @throws {TerminalError} NOT_CONFIGURED when nothing is known of the warehouse. */
export async function openFor<T extends CommandType>(
  delivery: Delivery<Config, T>,
  { about, warehouse }: { readonly about?: About; readonly warehouse?: string | undefined },
): Promise<Opened> {
  const { config, command } = delivery
  const places = placesOf(config, warehouse ?? about?.warehouse)
  const company = places.company ?? companyIdOf(config, about?.company)
  return { odoo: await Odoo.open(delivery, company), places, caseNo: command.caseNo }
}

export type Target = CommandBody<'return.record'>['target']

/** Ids of the transfers that the hub was told of: they count even where somebody has changed their source document. */
export function toldTransfers(target: Target): number[] {
  return (target ?? [])
    .filter(({ type }) => type === 'return_transfer')
    .flatMap(({ value }) => idOf(value) ?? [])
}

/** The transfers of a return, found by their source document or by what we were told. */
export function familyDomain(
  caseNo: string,
  told: readonly number[],
  of: 'move' | 'transfer',
): Domain {
  const [origin, id] = of === 'move' ? ['picking_id.origin', 'picking_id'] : ['origin', 'id']
  const byOrigin = ofCase(caseNo, origin)
  return told.length === 0 ? byOrigin : ['|', [id, 'in', told], ...byOrigin]
}

/** Whether a move brings goods of the return back. */
export function isReturn(move: Move): boolean {
  return move.kind === 'incoming' && !move.isToCustomer
}

/** Moves that bring the goods of a return back, oldest first. */
export async function returnMoves(opened: Opened, target: Target): Promise<Move[]> {
  const { odoo, caseNo } = opened
  const found = await findMoves(odoo, familyDomain(caseNo, toldTransfers(target), 'move'))
  return found.filter(isReturn)
}

function refsOf(transferIds: Iterable<number | null>): DeliveredRef[] {
  const known = [...new Set(transferIds)].filter((id) => id !== null)
  return known.map((id) => ({ type: 'return_transfer', value: String(id) }))
}

/** What a step that left its mark on transfers answers. */
export function deliveredTransfers(transferIds: Iterable<number | null>): Delivered {
  const refs = refsOf(transferIds)
  const [first] = refs
  return first === undefined ? {} : { externalId: first.value, refs }
}
