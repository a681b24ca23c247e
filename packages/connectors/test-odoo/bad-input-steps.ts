import type { GuardedFetch, GuardedResponse } from '@backhaul/sdk/connector'
import { draftCredit, postCredit } from '../src/odoo/money/index.ts'
import { lookUpOrder } from '../src/odoo/orders/look-up.ts'
import { orderReplacement } from '../src/odoo/sales/index.ts'
import { orderRepair } from '../src/odoo/stock/index.ts'
import { directFetch, tap } from './connection.ts'
import { newProduct, type Sale, sell, uniqueCaseNo } from './fixtures.ts'
import { attempt, type ScenarioContext } from './scenario.ts'
import { returned } from './stock-steps.ts'

/** What is asked of the connector in scenarios of bad input, each as the text of what it answered. */

export async function told(delivered: Promise<unknown>): Promise<string> {
  return JSON.stringify(await delivered)
}

export function lookUp(
  { config }: Pick<ScenarioContext, 'config'>,
  orderRef: string,
  customer?: number,
): Promise<string> {
  const whose = customer === undefined ? {} : { customer: { partyId: String(customer) } }
  const about = { company: 'main', orderRefs: [orderRef], currency: 'USD', ...whose }
  const signal = AbortSignal.timeout(60_000)
  const question = { about, lines: [] }
  return told(lookUpOrder({ config, question, fetch: directFetch, signal, now: new Date() }))
}

export function replace(
  { config }: ScenarioContext,
  { orderRef, sku }: { readonly orderRef: string; readonly sku: string },
): Promise<string> {
  const about = { company: 'main', orderRefs: [orderRef], currency: 'USD' }
  const lines = [{ lineNo: 1, product: { sku }, quantity: '1', unit: 'EA' }]
  const body = { about, fulfillmentId: 'fulfillment-1', lines }
  const ask = { type: 'replacement.order', caseNo: uniqueCaseNo(), body } as const
  return told(attempt(config, orderReplacement, ask))
}

const currency = 'USD'
const credit = {
  creditId: 'credit-1',
  lines: [
    {
      lineNo: 1,
      quantity: '1',
      net: { amount: '10.00', currency },
      tax: { amount: '1.50', currency },
    },
  ],
  fees: [],
  total: { amount: '11.50', currency },
  method: 'credit_note' as const,
}

/** A unit of 10 with 1.50 tax, of which there is a draft of a credit note. */
export async function drafted({ admin, config }: ScenarioContext) {
  const product = await newProduct(admin, { stock: 3 })
  const sale = await sell(admin, [{ product, quantity: 2, price: 10 }])
  const caseNo = uniqueCaseNo()
  const about = { company: 'main', orderRefs: [sale.name], currency }
  const line = { lineNo: 1, product: { sku: product.sku }, quantity: '1', unit: 'EA' }
  const lines = [{ ...line, orderLine: String(sale.lineIds[0]) }]
  const body = { about, credit, lines }
  const { externalId } = await attempt(config, draftCredit, { type: 'credit.draft', caseNo, body })
  return { sale, caseNo, noteId: Number(externalId) }
}

export async function post(
  { config }: ScenarioContext,
  caseNo: string,
  sale: Sale,
): Promise<string> {
  const about = { company: 'main', orderRefs: [sale.name], currency }
  const body = { about, creditId: credit.creditId, credit }
  const { events } = await attempt(config, postCredit, { type: 'credit.post', caseNo, body })
  return JSON.stringify(events)
}

/** Goods that came are to be repaired, over a line on which something else answers. */
export async function repair(context: ScenarioContext, over: GuardedFetch): Promise<string> {
  const { caseNo, product } = await returned(context, 1)
  const lines = [{ lineNo: 1, product: { sku: product.sku }, quantity: '1', unit: 'EA' }]
  const body = { fulfillmentId: 'fulfillment-1', lines }
  const tapped = { ...tap(), fetch: over }
  const ask = { type: 'repair.order', caseNo, body, tap: tapped } as const
  return told(attempt(context.config, orderRepair, ask))
}

function answerOf(status: number, body: string): GuardedResponse {
  return {
    status,
    headers: {},
    bytes: async () => new TextEncoder().encode(body),
    text: async () => body,
    json: async () => JSON.parse(body) as unknown,
  }
}

export function page(status: number, body: string): GuardedFetch {
  return async () => answerOf(status, body)
}

/** Answers as recorded where a model is not there: it cannot be taken away from a server for one scenario. */
export function withoutModel(model: string, { config, stage }: ScenarioContext): GuardedFetch {
  return async (url, request) => {
    if (!`${new URL(url).pathname} ${String(request.body)}`.includes(model)) {
      return directFetch(url, request)
    }
    const isJson2 = config.transport === 'json2' && stage.version >= 19
    if (isJson2) {
      const name = 'werkzeug.exceptions.NotFound'
      return answerOf(404, JSON.stringify({ name, message: `the model '${model}' does not exist` }))
    }
    const data = { name: 'odoo.exceptions.UserError', message: `Object ${model} doesn't exist` }
    return answerOf(200, JSON.stringify({ jsonrpc: '2.0', id: 1, error: { data } }))
  }
}
