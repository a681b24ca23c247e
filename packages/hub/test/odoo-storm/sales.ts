import {
  type Customer,
  dozen,
  newCustomer,
  newKit,
  newProduct,
  type Product,
  type Sale,
  type ScenarioAdmin,
  sell,
} from '@backhaul/connectors/test-odoo'
import type { Goods, PlannedReturn } from './plan.ts'

/** What has been sold for a return, and what a driver needs to know of it. */
export interface SoldReturn {
  readonly planned: PlannedReturn
  readonly sale: Sale
  /** By line, as the returns desk scans them. */
  readonly products: readonly Product[]
  readonly serials: readonly (readonly string[])[]
}

/** Sells, delivers and invoices the orders that come back later. */
export class SalesDesk {
  readonly #admin: ScenarioAdmin
  #customer: Customer | null = null
  #dozen = 0
  readonly #products = new Map<Goods, Product>()

  constructor(admin: ScenarioAdmin) {
    this.#admin = admin
  }

  /** Products of each kind, with stock for everything that will be sold. */
  async open(): Promise<void> {
    this.#dozen = await dozen(this.#admin)
    this.#customer = await newCustomer(this.#admin)
    const stock = 100_000
    const plain = await newProduct(this.#admin, { stock })
    this.#products.set('plain', plain)
    this.#products.set('dozen', await newProduct(this.#admin, { stock }))
    const second = await newProduct(this.#admin, { stock })
    const parts = [
      { product: plain, quantity: 2 },
      { product: second, quantity: 1 },
    ]
    this.#products.set('kit', await newKit(this.#admin, parts))
  }

  async sellFor(planned: PlannedReturn): Promise<SoldReturn> {
    const serials = planned.lines.map((line) =>
      line.goods === 'serial'
        ? Array.from({ length: line.sold }, (_, index) => `${planned.ref}-${line.lineNo}-${index}`)
        : [],
    )
    const products = await Promise.all(
      planned.lines.map(async ({ goods }, index) =>
        goods === 'serial'
          ? newProduct(this.#admin, { serials: serials[index] ?? [] })
          : (this.#products.get(goods) as Product),
      ),
    )
    const lines = planned.lines.map(({ goods, sold, price, discount }, index) => ({
      product: products[index] as Product,
      quantity: sold,
      price,
      discount,
      ...(goods === 'dozen' ? { unitId: this.#dozen } : {}),
    }))
    const customer = this.#customer ?? undefined
    const sale = await sell(this.#admin, lines, customer === undefined ? {} : { customer })
    return { planned, sale, products, serials }
  }
}
