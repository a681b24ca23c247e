import { type OrderQuestion, TerminalError } from '@backhaul/sdk/connector'
import { searchNested } from '../client/nested-read.ts'
import type { Domain, Odoo } from '../client/odoo.ts'
import { parseReference } from '../references.ts'
import type { Abilities } from './abilities.ts'
import { type Order, order } from './order-rows.ts'

/** What an order is asked for by: texts that somebody typed or a marketplace sent, or else what the lines say. */
export interface OrderSearch {
  readonly texts: readonly string[]
  readonly lines: OrderQuestion['lines']
  /** Ids of partners whose order it should be; none where nobody said. */
  readonly customers: ReadonlySet<number>
  /** Null: any company of the user. */
  readonly companyId: number | null
}

type Leaf = Domain[number]

const candidates = 20
const deadStates = new Set(['draft', 'sent', 'cancel'])

/**
 * The orders that a question is about: none, one, or several where its references name several orders of one
 * customer. One round trip; a second one, when nothing carries the texts as they are, finds them in another letter
 * case, and as the number of a delivery or an invoice.
 *
 * An order's own number goes before other references, which are not unique in Odoo. Among orders with the same
 * reference, those that are in force go before quotations and canceled ones, and then those of the customer.
 *
 * @throws {TerminalError} ORDER_AMBIGUOUS; ORDER_NOT_NAMED when nothing says which order it is.
 */
export async function findOrders(
  odoo: Odoo,
  search: OrderSearch,
  abilities: Abilities,
): Promise<Order[]> {
  const { texts } = search
  if (texts.length === 0) {
    const found = await read(odoo, search, [anyOf(byLines(search, abilities))])
    return chooseOne(found, search, 'the lines')
  }
  const exact = await read(odoo, search, [anyOf(byReferences(texts))])
  if (exact.length > 0) return resolve(exact, search)
  const similar = await read(odoo, search, [anyOf(byOtherNames(texts, abilities))])
  return resolve(similar, search)
}

function byReferences(texts: readonly string[]): Leaf[] {
  return ['name', 'client_order_ref', 'origin'].map((field) => [field, 'in', [...texts]] as const)
}

function byOtherNames(texts: readonly string[], { fields }: Abilities): Leaf[] {
  const spelled = texts.flatMap((text) =>
    ['name', 'client_order_ref', 'origin'].map(
      (field) => [field, '=ilike', literal(text)] as const,
    ),
  )
  const named = (field: string) => [[field, 'in', [...texts]] as const]
  return [
    ...spelled,
    ...(fields.has('sale.order.picking_ids') ? named('picking_ids.name') : []),
    ...named('order_line.invoice_lines.move_id.name'),
  ]
}

/** Without any text: by the lines that the hub was told of before, else by serial numbers. */
function byLines({ lines }: OrderSearch, { fields }: Abilities): Leaf[] {
  const orderLines = numbersIn(lines.map(({ orderLine }) => orderLine))
  if (orderLines.length > 0) return [['order_line', 'in', orderLines]]
  const invoiceLines = numbersIn(lines.map(({ invoiceLine }) => invoiceLine))
  if (invoiceLines.length > 0) return [['order_line.invoice_lines', 'in', invoiceLines]]
  const serials = lines.flatMap((line) => line.serials ?? [])
  if (serials.length > 0 && fields.has('sale.order.line.move_ids')) {
    // By the moves: lines that were written through a move may name no transfer.
    return [['order_line.move_ids.move_line_ids.lot_id.name', 'in', serials]]
  }
  const reason = 'Nothing says which order the goods are from.'
  throw new TerminalError({ code: 'ORDER_NOT_NAMED', reason })
}

/** `=ilike` takes these as wildcards. */
function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)
}

/** Polish notation: a sign for each pair, before them. */
function anyOf(leaves: readonly Leaf[]): Domain {
  return [...leaves.slice(1).map(() => '|'), ...leaves]
}

async function read(
  odoo: Odoo,
  { companyId }: OrderSearch,
  [any]: readonly [Domain],
): Promise<Order[]> {
  const ofCompany: Domain = companyId === null ? [] : [['company_id', '=', companyId]]
  return searchNested(odoo, 'sale.order', {
    domain: [...ofCompany, ...any],
    row: order,
    // The newest are the ones that somebody may still send back.
    order: 'id desc',
    limit: candidates,
  })
}

/** Each text for itself; what carries none of them was found by the number of a delivery or an invoice. */
function resolve(found: readonly Order[], search: OrderSearch): Order[] {
  const { texts } = search
  const chosen = new Map<number, Order>()
  const isTextual = (row: Order) => texts.some((text) => carries(row, text))
  for (const text of texts) {
    const carrying = found.filter((row) => carries(row, text))
    for (const row of chooseOne(carrying, search, text)) chosen.set(row.id, row)
  }
  if (chosen.size === 0) {
    const others = found.filter((row) => !isTextual(row))
    for (const row of chooseOne(others, search, texts[0] ?? '')) chosen.set(row.id, row)
  }
  return ofOneCustomer([...chosen.values()])
}

function carries({ name, client_order_ref, origin }: Order, text: string): boolean {
  return [name, client_order_ref, origin].some((value) => same(value, text))
}

function same(value: string | null, text: string): boolean {
  return value !== null && value.trim().toLowerCase() === text.toLowerCase()
}

/** @throws {TerminalError} ORDER_AMBIGUOUS when several remain. */
function chooseOne(found: readonly Order[], { customers }: OrderSearch, text: string): Order[] {
  // Companies may count their orders alike.
  const exact = found.filter(({ name }) => name === text)
  if (exact.length === 1) return exact
  // What the hub made for a return carries its number, and is not the order that the goods are from.
  const sold = found.filter(({ origin }) => parseReference(origin) === null)
  const numbered = preferring(sold, ({ name }) => same(name, text))
  const inForce = preferring(numbered, ({ state }) => !deadStates.has(state))
  const theirs = preferring(inForce, (row) => accountsOf(row).some((id) => customers.has(id)))
  if (theirs.length <= 1) return theirs
  const names = theirs.map(({ name }) => name).slice(0, 5)
  throw ambiguous(`${names.join(', ')} all carry ${text}: say by its number which order it is.`)
}

function preferring(rows: readonly Order[], isBetter: (row: Order) => boolean): Order[] {
  const better = rows.filter(isBetter)
  return better.length > 0 ? better : [...rows]
}

function ofOneCustomer(rows: readonly Order[]): Order[] {
  const payers = new Set(rows.map(({ partner_id }) => partner_id?.commercial_partner_id?.id))
  const companies = new Set(rows.map(({ company_id }) => company_id))
  const currencies = new Set(rows.map(({ currency_id }) => currency_id?.id))
  if (payers.size <= 1 && companies.size <= 1 && currencies.size <= 1) return [...rows]
  const names = rows.map(({ name }) => name).slice(0, 5)
  throw ambiguous(`${names.join(', ')} are orders of different customers, companies or currencies.`)
}

function ambiguous(reason: string): TerminalError {
  return new TerminalError({ code: 'ORDER_AMBIGUOUS', reason, exception: 'CU02' })
}

/** Who ordered, the account that pays, and the accounts that it is below of, from near to far. */
export function accountsOf({ partner_id }: Pick<Order, 'partner_id'>): number[] {
  const account = partner_id?.commercial_partner_id
  const above = [account, account?.parent_id, account?.parent_id?.parent_id]
  return [partner_id, ...above].flatMap((one) => (one ? [one.id] : []))
}

/** Ids of records among texts; what another system calls its lines is none. */
export function numbersIn(texts: readonly (string | undefined)[]): number[] {
  return texts.flatMap((text) => (text && /^[1-9]\d{0,9}$/.test(text) ? [Number(text)] : []))
}
