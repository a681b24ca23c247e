import type { Gateways } from './refund-work.ts'
import { denied } from './refusal.ts'
import { type ShopRefund, type ShopReturn, ShopState } from './shop-state.ts'
import { refundNews, returnNews, WebhookNews } from './webhook-news.ts'

export interface ShopOptions {
  readonly now: () => Date
  readonly domain: string
  readonly clientSecret: string
  readonly scopes: readonly string[]
  readonly hasCustomerAccess: boolean
  /** Whether a change of a return counts as a change of its order. */
  readonly touchesOrders: boolean
  /** How long a change takes to be found. */
  readonly searchLagMs: number
}

/** A shop as an app sees it. */
export class Shop {
  readonly state: ShopState
  readonly news: WebhookNews
  readonly gateways: Gateways = { next: 'SUCCESS' }
  readonly domain: string
  readonly searchLagMs: number
  readonly hasCustomerAccess: boolean
  readonly #touchesOrders: boolean
  scopes: readonly string[]
  /** Changes so far, by what made them. */
  readonly writes: string[] = []

  constructor(options: ShopOptions) {
    const { now, domain, clientSecret, scopes, hasCustomerAccess, searchLagMs } = options
    this.state = new ShopState(now)
    this.news = new WebhookNews(this.state, {
      secret: clientSecret,
      shopDomain: domain,
      apiVersion: '2026-10',
    })
    this.domain = domain
    this.scopes = scopes
    this.hasCustomerAccess = hasCustomerAccess
    this.searchLagMs = searchLagMs
    this.#touchesOrders = options.touchesOrders
  }

  /** Turns away what the app was not granted. */
  demand(scope: string): void {
    if (this.scopes.includes(scope)) return
    throw denied(`Access denied. Required access: \`${scope}\` access scope.`)
  }

  readonly wrote = (what: string): void => {
    this.writes.push(what)
  }

  changed(one: ShopReturn, topic: string): void {
    this.wrote(topic)
    if (this.#touchesOrders) one.order.updatedAt = this.state.at()
    this.news.tell(topic, returnNews(one))
  }

  refunded(refund: ShopRefund): void {
    this.wrote('REFUNDS_CREATE')
    this.news.tell('REFUNDS_CREATE', refundNews(refund))
  }
}
