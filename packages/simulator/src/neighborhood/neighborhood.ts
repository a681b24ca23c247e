import type { BookEntry, HttpDouble, HttpFaultRule, WebhookVices } from '../double/index.ts'
import { type EasyPostDouble, startEasyPost } from '../easypost/easypost-double.ts'
import { type OdooDouble, startOdoo } from '../odoo/odoo-double.ts'
import { emailOfGenerated } from '../odoo/seed/generate-orders.ts'
import { type RestWarehouse, startRestWarehouse } from '../rest-warehouse/rest-warehouse.ts'
import { type ShopifyDouble, startShopify } from '../shopify/shopify-double.ts'
import { type SmtpDouble, startSmtp } from '../smtp/smtp-double.ts'
import { type StripeDouble, startStripe } from '../stripe/stripe-double.ts'
import { startWoocommerce, type WoocommerceDouble } from '../woocommerce/index.ts'
import { startZendesk, type ZendeskDouble } from '../zendesk/zendesk-double.ts'
import { catalogue, currency, lineTotals, orderTotalMinor, type SharedOrder } from './orders.ts'

interface NeighborhoodOptions {
  /** How many orders were sold, delivered, invoiced and paid; every other one in each shop. */
  readonly orders: number
  /** Fixes what chance decides. */
  readonly seed?: number
  readonly now?: () => Date
  /** What the help desk and the shop allow: as much as a middling plan gives, when left out. */
  readonly plans?: 'usual' | 'largest'
}

/**
 * Zendesk with the add-on for many calls, since each return updates its ticket some ten times, and Shopify's standard
 * plan; or an agreement of one's own with Zendesk, and Shopify Plus.
 */
const limitsOf = {
  usual: { zendesk: { perMinute: 2_500, updatesPerMinute: 300 }, shopify: {} },
  largest: {
    zendesk: { perMinute: 20_000, updatesPerMinute: 6_000 },
    shopify: { bucket: { maximumAvailable: 20_000, restoreRate: 1_000 } },
  },
} as const

/** What goes wrong everywhere at once. */
export interface Weather {
  /** Share of the calls that come to grief. */
  readonly faultShare: number
  readonly webhooks: WebhookVices
}

export const calm: Weather = {
  faultShare: 0,
  webhooks: { duplicate: 0, loss: 0, disorder: 0, delayMs: 0 },
}
export const stormy: Weather = {
  faultShare: 0.05,
  webhooks: { duplicate: 0.1, loss: 0.05, disorder: 0.1, delayMs: 5 },
}

export type NeighborName =
  | 'odoo'
  | 'zendesk'
  | 'shopify'
  | 'woocommerce'
  | 'easypost'
  | 'warehouse'
  | 'stripe'
  | 'smtp'

/** The systems around a returns hub, as one world: the same goods, customers and orders everywhere. */
export interface Neighborhood {
  readonly odoo: OdooDouble
  readonly zendesk: ZendeskDouble
  readonly shopify: ShopifyDouble
  readonly woocommerce: WoocommerceDouble
  readonly easypost: EasyPostDouble
  readonly warehouse: RestWarehouse
  readonly stripe: StripeDouble
  readonly smtp: SmtpDouble
  readonly orders: readonly SharedOrder[]
  /** From now on, in all of them but the mail server, which has vices of its own kind. */
  setWeather(weather: Weather): void
  /** What each of them believes of returns. Odoo's is in its records. */
  books(): Readonly<Partial<Record<NeighborName, readonly BookEntry[]>>>
  /** Calls that each has answered so far. */
  calls(): Readonly<Partial<Record<NeighborName, number>>>
  close(): Promise<void>
}

/** Starts all of them on free ports. */
export async function startNeighborhood(options: NeighborhoodOptions): Promise<Neighborhood> {
  const { orders: count, seed = 1, now = () => new Date(), plans = 'usual' } = options
  const limits = limitsOf[plans]
  const common = { seed, now }
  const [odoo, zendesk, shopify, woocommerce, easypost, warehouse, stripe, smtp] =
    await Promise.all([
      startOdoo({ seed: { orders: count, isPaid: true }, now }),
      startZendesk({ ...common, limits: limits.zendesk }),
      startShopify({ ...common, ...limits.shopify }),
      startWoocommerce(common),
      startEasyPost(common),
      startRestWarehouse(common),
      startStripe(common),
      startSmtp(common),
    ])
  const orders = Array.from({ length: count }, (_, index) =>
    place({ shopify, woocommerce, stripe }, index + 1),
  )
  const webs = { zendesk, shopify, woocommerce, easypost, warehouse, stripe: stripe.http }
  return {
    odoo,
    zendesk,
    shopify,
    woocommerce,
    easypost,
    warehouse,
    stripe,
    smtp,
    orders,
    setWeather(weather) {
      for (const web of Object.values(webs)) setWeatherOf(web, weather)
      setWeatherOfOdoo(odoo, weather)
    },
    books: () => ({ ...mapped(webs, (web) => web.books()), smtp: smtp.books() }),
    calls: () => ({
      ...mapped(webs, (web) => web.calls.total()),
      odoo: odoo.calls.total(),
      smtp: smtp.mails.length,
    }),
    async close() {
      const all = [odoo, zendesk, shopify, woocommerce, easypost, warehouse, stripe, smtp]
      await Promise.all(all.map((one) => one.close()))
    },
  }
}

function mapped<Name extends string, Value>(
  webs: Readonly<Record<Name, HttpDouble>>,
  read: (web: HttpDouble) => Value,
): Record<Name, Value> {
  const entries = (Object.entries(webs) as [Name, HttpDouble][]).map(
    ([name, web]) => [name, read(web)] as const,
  )
  return Object.fromEntries(entries) as Record<Name, Value>
}

const kindsOfFault = ['cut_before', 'cut_after', 'half_answer', 'unavailable'] as const

function setWeatherOf(web: HttpDouble, { faultShare, webhooks }: Weather): void {
  const chance = faultShare / kindsOfFault.length
  const rules = kindsOfFault.map((fault): HttpFaultRule => ({ fault, chance }))
  web.faults.set(faultShare === 0 ? [] : rules)
  web.webhooks.vices = webhooks
}

function setWeatherOfOdoo({ faults }: OdooDouble, { faultShare }: Weather): void {
  faults.clear()
  if (faultShare === 0) return
  for (const when of ['before', 'after'] as const) {
    faults.add({ fault: { kind: 'cut', when }, probability: faultShare / 2 })
  }
}

/** A customer has bought and paid; Odoo's double has delivered and invoiced it already, as `LOAD-<number>`. */
function place(
  { shopify, woocommerce, stripe }: Pick<Neighborhood, 'shopify' | 'woocommerce' | 'stripe'>,
  number: number,
): SharedOrder {
  const ref = `LOAD-${number}`
  const email = emailOfGenerated(number)
  const paymentId = stripe.pay({
    amount: orderTotalMinor,
    currency: currency.toLowerCase(),
    metadata: { order: ref },
  })
  const common = { number, ref, paymentId, email }
  if (number % 2 === 1) {
    const payments = [{ gateway: 'shopify_payments', minor: orderTotalMinor }]
    shopify.people.order({ name: ref, lines: catalogue, payments, currency })
    return { ...common, shop: 'shopify', woocommerceId: null }
  }
  const lines = catalogue.map((one) => {
    const { net, tax } = lineTotals(one)
    return { ...one, totalMinor: net, taxMinor: tax }
  })
  const { id } = woocommerce.people.placeOrder({
    number: ref,
    currency,
    customerId: number,
    email,
    lines,
  })
  return { ...common, shop: 'woocommerce', woocommerceId: id }
}
