import { z } from 'zod'
import type { Domain, Odoo } from '../client/odoo.ts'
import { dateTime, many2one } from '../client/values.ts'
import type { Config } from '../config.ts'
import type { Change } from './look.ts'

/** A document of Odoo that messages are made of. */
export type Unit = {
  readonly kind: 'transfer' | 'scrap' | 'replacement' | 'entry' | 'payment' | 'repair'
  readonly id: number
}

/** A record that was written, with the document that has to be read afresh by that; null for none. */
export interface WatchedChange extends Change {
  readonly unit: Unit | null
}

/** A model whose changes are looked at. One search is one call. */
export interface Watched {
  readonly model: string
  readonly domain: Domain
  /** What a row has to say besides its id and when it was written. */
  readonly fields: z.ZodRawShape
  readonly unitOf: (row: Readonly<Record<string, unknown>> & { readonly id: number }) => Unit | null
}

/** How texts that name a return begin; what parses them decides. */
const ours = 'RMA-'
const begins = (field: string) => [field, '=like', `${ours}%`] as const
const contains = (field: string) => [field, 'like', ours] as const
const reference = z.object({ id: z.int() })

/**
 * The models in the order of causes: goods before credits, credits before payments, so that a return is known by
 * what came first when a hub that was away catches up.
 */
export async function watchedModels(odoo: Odoo): Promise<readonly Watched[]> {
  const { config } = odoo
  const transfers = await transferDomain(odoo)
  return [
    transferChanges(config, transfers),
    await moveChanges(odoo, transfers),
    await repairChanges(odoo),
    replacementChanges(config),
    entryChanges(config),
    await paymentChanges(odoo),
  ].filter((one) => one !== null)
}

function transferChanges(config: Config, transfers: Domain): Watched {
  return {
    model: 'stock.picking',
    domain: [...ofCompanies(config), ...transfers],
    fields: {},
    unitOf: ({ id }) => ({ kind: 'transfer', id }),
  }
}

/** Counting writes moves only (recording 50); a scrap has a move without a transfer. */
async function moveChanges(odoo: Odoo, transfers: Domain): Promise<Watched> {
  const places = quarantines(odoo.config)
  const hasScrap = (await odoo.fieldsOf('stock.move', ['scrap_id'])).has('scrap_id')
  const scrapped: Domain =
    places.length === 0 || !hasScrap
      ? []
      : [
          '|',
          '&',
          '&',
          ['scrap_id', '!=', false],
          ['state', '=', 'done'],
          ['location_id', 'child_of', places],
        ]
  return {
    model: 'stock.move',
    domain: [...ofCompanies(odoo.config), ...scrapped, ...below('picking_id', transfers)],
    fields: { picking_id: many2one },
    unitOf: ({ id, picking_id: transfer }) => {
      const known = reference.safeParse(transfer)
      return known.success ? { kind: 'transfer', id: known.data.id } : { kind: 'scrap', id }
    },
  }
}

/**
 * Transfers of returns: by our reference, of a returns operation, returns of the standard wizard, what leaves a
 * quarantine, and deliveries of replacements.
 */
async function transferDomain(odoo: Odoo): Promise<Domain> {
  const { config } = odoo
  const fields = await odoo.fieldsOf('stock.picking', ['return_id', 'sale_id'])
  const types = Object.values(config.warehouses).map(({ returnsType }) => returnsType)
  const places = quarantines(config)
  return anyOf([
    [begins('origin')],
    ...(types.length === 0 ? [] : [[['picking_type_id', 'in', types]] as Domain]),
    ...(fields.has('return_id') ? [[['return_id', '!=', false]] as Domain] : []),
    ...(places.length === 0 ? [] : [[['location_id', 'child_of', places]] as Domain]),
    ...(fields.has('sale_id') ? [[begins('sale_id.origin')] as Domain] : []),
  ])
}

async function repairChanges(odoo: Odoo): Promise<Watched | null> {
  // The module may not be installed, and the user may lack the rights: then there are none to tell of.
  const fields = await odoo.fieldsOf('repair.order', ['picking_id']).catch(() => null)
  if (fields === null) return null
  const domain = anyOf([
    [contains('internal_notes')],
    ...(fields.has('picking_id') ? [[begins('picking_id.origin')] as Domain] : []),
  ])
  return {
    model: 'repair.order',
    domain: [...ofCompanies(odoo.config), ...domain],
    fields: {},
    unitOf: ({ id }) => ({ kind: 'repair', id }),
  }
}

function replacementChanges(config: Config): Watched {
  return {
    model: 'sale.order',
    domain: [...ofCompanies(config), begins('origin')],
    fields: {},
    unitOf: ({ id }) => ({ kind: 'replacement', id }),
  }
}

/**
 * Credit notes, and refunds of suppliers: also those that a person's reversal refers to a return with. Reversing
 * one that is paid leaves no trace on it, only on the invoice that reverses it.
 */
function entryChanges(config: Config): Watched {
  const refunds: Domain = [
    '&',
    ['move_type', 'in', ['out_refund', 'in_refund']],
    ...anyOf([[contains('ref')], [contains('invoice_origin')]]),
  ]
  const reversals: Domain = [
    '&',
    ['move_type', 'in', ['out_invoice', 'in_invoice']],
    ...anyOf([[contains('reversed_entry_id.ref')], [contains('reversed_entry_id.invoice_origin')]]),
  ]
  return {
    model: 'account.move',
    domain: [...ofCompanies(config), ...anyOf([refunds, reversals])],
    fields: { move_type: z.string(), reversed_entry_id: many2one },
    unitOf: ({ id, move_type: type, reversed_entry_id: reversed }) => {
      const isReversal = String(type).endsWith('_invoice')
      const known = reference.safeParse(reversed)
      return { kind: 'entry', id: isReversal && known.success ? known.data.id : id }
    },
  }
}

/** Payments move their credit note as well; their own state does not (a payment that a bank confirms later). */
async function paymentChanges(odoo: Odoo): Promise<Watched> {
  const names = ['memo', 'ref', 'invoice_ids', 'reconciled_invoice_ids']
  const fields = await odoo.fieldsOf('account.payment', names)
  const domain = anyOf([
    [contains(fields.has('memo') ? 'memo' : 'ref')],
    ...(fields.has('invoice_ids') ? [[contains('invoice_ids.ref')] as Domain] : []),
  ])
  return {
    model: 'account.payment',
    domain: [...ofCompanies(odoo.config), ...domain],
    fields: {},
    unitOf: ({ id }) => ({ kind: 'payment', id }),
  }
}

/** Asks for the changes of a model. */
export async function findChanges(
  odoo: Odoo,
  { model, domain, fields, unitOf }: Watched,
  options: { readonly domain: Domain; readonly order: string; readonly limit: number },
): Promise<readonly WatchedChange[]> {
  const row = z.object({ id: z.int(), write_date: dateTime, ...fields })
  // Archived records are changes as well.
  const context = { active_test: false }
  const rows = await odoo.search(model, {
    ...options,
    domain: [...options.domain, ...domain],
    row,
    context,
  })
  return rows.map((found) => ({
    id: found.id,
    second: Math.floor(Date.parse(found.write_date ?? '') / 1_000) || 0,
    unit: unitOf(found),
  }))
}

/** A connection of one company does not tell of the others. */
function ofCompanies({ companies }: Config): Domain {
  const ids = [...new Set(Object.values(companies))]
  return ids.length === 0 ? [] : [['company_id', 'in', [...ids, false]]]
}

function quarantines({ warehouses }: Config): readonly number[] {
  return [...new Set(Object.values(warehouses).map(({ quarantine }) => quarantine))]
}

function anyOf(domains: readonly Domain[]): Domain {
  return [...domains.slice(1).map(() => '|'), ...domains.flat()]
}

/** The conditions of a domain, of the record that a field refers to. */
function below(field: string, domain: Domain): Domain {
  return domain.map((part) =>
    typeof part === 'string' ? part : [`${field}.${part[0]}`, part[1], part[2]],
  )
}
