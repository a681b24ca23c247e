import type { AnswerOrder, OrderAnswer, OrderLookUp, OrderQuestion } from '@backhaul/sdk/connector'
import { DeliveryError, TerminalError } from '@backhaul/sdk/connector'
import { Odoo, odooCodes } from '../client/odoo.ts'
import { forgetSession } from '../client/session.ts'
import type { Config } from '../config.ts'
import { companyCodeOf, companyIdOf } from '../places.ts'
import { type Abilities, abilitiesOf } from './abilities.ts'
import { recordLines } from './answer-lines.ts'
import { accountsOf, findOrders, numbersIn, type OrderSearch } from './find-orders.ts'
import { soldLineOf } from './goods.ts'
import { type DeliveryAddress, type Order, readLines } from './order-rows.ts'
import { plain } from './plain.ts'
import { forget } from './remember.ts'
import { tendersOf } from './tenders.ts'

/**
 * Answers what Odoo knows of an order: whose it is, and for each line what was delivered, came back, is announced to
 * come back, and was invoiced, in base units; and what was paid. It reads an order with its lines in three round trips,
 * one more when the reference is not written as in Odoo, and one more for every further hundred lines.
 *
 * A quotation that nobody confirmed is no order; a canceled order is one, of which nothing was delivered.
 *
 * @throws {TerminalError} ORDER_AMBIGUOUS, ORDER_NOT_NAMED, or ODOO_FORBIDDEN when the user may not read orders.
 */
export const lookUpOrder: AnswerOrder<Config> = async (lookUp) => {
  const { config, question } = lookUp
  const search = searchOf(question, config)
  try {
    return await answer(lookUp, search)
  } catch (error) {
    if (!isOutdated(error)) throw explained(error)
  }
  forget(config)
  forgetSession(config)
  return answer(lookUp, search).catch((error: unknown) => {
    throw explained(error)
  })
}

/** A field or model that was there before is not any more: a module was removed, or the server upgraded. */
function isOutdated(error: unknown): boolean {
  if (!(error instanceof DeliveryError)) return false
  return error.code === odooCodes.defect || error.code === odooCodes.unsupported
}

function searchOf({ about, lines }: OrderQuestion, config: Config): OrderSearch {
  const { partyId, commercialPartyId } = about?.customer ?? {}
  return {
    texts: textsOf(about?.orderRefs ?? []),
    lines,
    customers: new Set(numbersIn([partyId, commercialPartyId])),
    companyId: companyIdOf(config, about?.company),
  }
}

async function answer(lookUp: OrderLookUp<Config>, search: OrderSearch): Promise<OrderAnswer> {
  const odoo = await Odoo.open(lookUp, search.companyId)
  const abilities = await abilitiesOf(odoo)
  const orders = await findOrders(odoo, search, abilities)
  return answerOf(odoo, { lookUp, search, orders, abilities })
}

interface Found {
  readonly lookUp: OrderLookUp<Config>
  readonly search: OrderSearch
  readonly orders: readonly Order[]
  readonly abilities: Abilities
}

async function answerOf(odoo: Odoo, found: Found): Promise<OrderAnswer> {
  const { lookUp, search, orders, abilities } = found
  const { question } = lookUp
  const confirmed = orders.filter(({ state }) => state !== 'draft' && state !== 'sent')
  const [first] = confirmed
  if (first === undefined) return unknownOrder(search, orders)
  const invoices = confirmed.flatMap(({ invoice_ids }) => invoice_ids)
  const lineIds = confirmed.flatMap(({ order_line }) => order_line)
  const rows = await readLines(odoo, lineIds, abilities)
  const sold = rows.flatMap((row) => soldLineOf(row) ?? [])
  const invoicesById = new Map(invoices.map((invoice) => [invoice.id, invoice]))
  const lines = recordLines(question.lines, sold, invoicesById)
  const tenders = await tendersOf(odoo, invoices)
  const note = confirmed.flatMap(sentencesOf).join(' ')
  return {
    ...headOf(first, { search, question, config: lookUp.config }),
    lines,
    tenders,
    ...(note === '' ? {} : { note }),
  }
}

function unknownOrder({ texts }: OrderSearch, orders: readonly Order[]): OrderAnswer {
  const quotations = orders.map(({ name }) => `${name} is a quotation that was not confirmed.`)
  const orderRef = texts[0] ?? orders[0]?.name ?? 'unknown'
  const note = quotations.join(' ')
  return { orderRef, exists: false, lines: [], tenders: [], ...(note === '' ? {} : { note }) }
}

type Head = Pick<OrderAnswer, 'orderRef' | 'exists' | 'orderedBy' | 'company' | 'currency'>

function headOf(
  order: Order,
  given: {
    readonly search: OrderSearch
    readonly question: OrderQuestion
    readonly config: Config
  },
): Head {
  const { search, question, config } = given
  const { name, partner_id, currency_id, company_id } = order
  const company = companyOf(config, { id: company_id, asked: question.about?.company })
  return {
    orderRef: name,
    exists: true,
    ...(partner_id === null ? {} : { orderedBy: orderedBy(order, search) }),
    ...(company === null ? {} : { company }),
    ...(currency_id === null ? {} : { currency: currency_id.name }),
  }
}

/**
 * Who ordered, and the account that pays. A company below a group is an account of its own in Odoo: where the
 * return is the group's, the group is said.
 */
function orderedBy(order: Order, { customers }: OrderSearch): OrderAnswer['orderedBy'] {
  const [partyId, account, ...above] = accountsOf(order)
  const group = above.find((id) => customers.has(id))
  const isOwn = [partyId, account].some((id) => id !== undefined && customers.has(id))
  const commercial = isOwn ? account : (group ?? account)
  return {
    partyId: String(partyId),
    ...(commercial === undefined ? {} : { commercialPartyId: String(commercial) }),
    ...deliveredTo(order.partner_shipping_id),
  }
}

/** An address with neither street nor city leads nowhere. */
function deliveredTo(address: DeliveryAddress | null): { readonly shipFrom?: Address } {
  if (address === null) return {}
  const { name, street, street2, city, zip, state_id, country_id } = address
  const lines = [street, street2].flatMap((line) => line ?? [])
  if (lines.length === 0 && city === null) return {}
  const country = country_id?.code ?? null
  const shipFrom: Address = {
    ...fits('name', name, 300),
    ...fits('street', lines.length === 0 ? null : lines.join(', '), 300),
    ...fits('city', city, 200),
    ...fits('postalCode', zip, 30),
    ...fits('region', state_id?.code ?? null, 100),
    ...(country !== null && /^[A-Z]{2}$/.test(country) ? { country } : {}),
  }
  return { shipFrom }
}

type Address = NonNullable<NonNullable<OrderAnswer['orderedBy']>['shipFrom']>

/** Fields of Odoo have no bound: better the end of an address is missing than the order. */
function fits(field: keyof Address, said: string | null, most: number): Address {
  const value = plain(said, most)
  return value === undefined ? {} : { [field]: value }
}

/** As the question calls it, where that is the same company; null where none is configured. */
function companyOf(
  config: Config,
  { id, asked }: { readonly id: number | null; readonly asked: string | undefined },
): string | null {
  if (id === null) return null
  if (asked !== undefined && companyIdOf(config, asked) === id) return asked
  return companyCodeOf(config, id)
}

function sentencesOf({ name, state }: Order): string[] {
  return state === 'cancel' ? [`${name} was canceled.`] : []
}

/** As people and marketplaces write them; Odoo would take blanks around them as part of them. */
function textsOf(orderRefs: readonly string[]): string[] {
  const texts = orderRefs.map((text) => text.trim()).filter((text) => text !== '')
  return [...new Set(texts)]
}

/** What Odoo says of a missing right names a model and a group, and nothing that an operator could look for. */
function explained(error: unknown): unknown {
  if (!(error instanceof DeliveryError) || error.code !== odooCodes.forbidden) return error
  const reason =
    'Odoo does not let the user of this connection read orders of this company, with their deliveries and invoices.'
  return new TerminalError({
    code: odooCodes.forbidden,
    status: error.status,
    reason,
    cause: error,
  })
}
