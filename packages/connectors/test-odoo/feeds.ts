import assert from 'node:assert/strict'
import {
  type MasterDataInput,
  type MasterDataKind,
  masterDataRecords,
} from '@backhaul/sdk/canonical'
import { noDial } from '@backhaul/sdk/testing'
import { z } from 'zod'
import type { Odoo } from '../src/odoo/client/odoo.ts'
import { many2one } from '../src/odoo/client/values.ts'
import type { Config } from '../src/odoo/config.ts'
import { feeds } from '../src/odoo/feeds/feeds.ts'
import { directFetch } from './connection.ts'
import { dozen, newCustomer, newKit, newProduct, newVendor, unique } from './fixtures.ts'
import type { Scenario } from './scenario.ts'

/* Master data, on a real server. */

const mostPages = 2_000

interface Read<Kind extends MasterDataKind> {
  readonly items: ReadonlyMap<string, MasterDataInput<Kind>>
  readonly cursor: string | null
}

/** All pages from a cursor on; of several times the same record the last. */
async function pull<Kind extends MasterDataKind>(
  config: Config,
  kind: Kind,
  { cursor = null, limit = 1_000 }: { readonly cursor?: string | null; readonly limit?: number },
): Promise<Read<Kind>> {
  const items = new Map<string, MasterDataInput<Kind>>()
  let at = cursor
  for (let count = 0; count < mostPages; count += 1) {
    const signal = AbortSignal.timeout(60_000)
    const ways = { fetch: directFetch, dial: noDial }
    const given = { config, ...ways, signal, cursor: at, limit, now: new Date() }
    const page = await feeds[kind].pull(given)
    if (page.hasMore) assert.notEqual(page.cursor, at, 'its cursor stands still')
    assert.ok(page.items.length <= limit, 'a page holds what was asked for')
    assert.ok((page.cursor?.length ?? 0) <= 1_000)
    for (const item of page.items) {
      const parsed = masterDataRecords[kind].safeParse(item)
      assert.equal(parsed.error, undefined, `${item.id}: ${parsed.error?.message}`)
      items.set(item.id, item as MasterDataInput<Kind>)
    }
    at = page.cursor
    if (!page.hasMore) return { items, cursor: at }
  }
  throw new Error(`the feed of ${kind} has no end`)
}

async function write(
  admin: Odoo,
  [model, id]: readonly [string, number],
  vals: Readonly<Record<string, unknown>>,
) {
  await admin.act(model, 'write', { ids: [id], named: { vals } })
}

async function templateOf(admin: Odoo, productId: number): Promise<number> {
  const row = z.object({ product_tmpl_id: many2one })
  const [product] = await admin.read('product.product', [productId], row)
  return product?.product_tmpl_id?.id ?? 0
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'feeds a product with its names, and again when it is renamed or archived',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      await write(admin, ['product.product', product.id], { barcode: '4006381333931'.slice(0, 7) })
      const first = await pull(config, 'products', {})
      const known = first.items.get(String(product.id))
      assert.equal(known?.sku, product.sku)
      assert.equal(known?.baseUnit, 'EA')
      assert.equal(known?.isActive, true)
      assert.deepEqual(known?.identifiers, [{ kind: 'sku', value: '4006381' }])
      const template = await templateOf(admin, product.id)
      // What all variants share does not belong to the product's own record.
      await write(admin, ['product.template', template], { name: 'Renamed' })
      const second = await pull(config, 'products', { cursor: first.cursor })
      assert.equal(second.items.get(String(product.id))?.name, 'Renamed')
      await write(admin, ['product.product', product.id], { active: false })
      const third = await pull(config, 'products', { cursor: second.cursor })
      assert.equal(third.items.get(String(product.id))?.isActive, false)
    },
  },
  {
    name: 'feeds what a kit is made of, and again when that changes',
    run: async ({ admin, config }) => {
      const part = await newProduct(admin)
      const kit = await newKit(admin, [{ product: part, quantity: 2 }])
      const first = await pull(config, 'products', {})
      const componentsIn = ({ items }: Read<'products'>) => items.get(String(kit.id))?.components
      assert.deepEqual(componentsIn(first), [{ productId: String(part.id), ratio: '2' }])
      const [bom] = await admin.search('mrp.bom', {
        domain: [['product_tmpl_id', '=', await templateOf(admin, kit.id)]],
        row: z.object({ id: z.int(), bom_line_ids: z.array(z.int()) }),
      })
      const unitId = await dozen(admin)
      const vals = { product_qty: 1, product_uom_id: unitId }
      const line = [1, bom?.bom_line_ids[0], vals]
      await write(admin, ['mrp.bom', bom?.id ?? 0], { bom_line_ids: [line] })
      const second = await pull(config, 'products', { cursor: first.cursor })
      assert.deepEqual(componentsIn(second), [{ productId: String(part.id), ratio: '12' }])
    },
  },
  {
    name: 'feeds the units that a product is packed in',
    run: async ({ admin, config }) => {
      const product = await newProduct(admin)
      const hasUnits = (await admin.fieldsOf('product.product', ['uom_ids'])).has('uom_ids')
      const vals = hasUnits
        ? { uom_ids: [[4, await dozen(admin)]] }
        : { packaging_ids: [[0, 0, { name: 'DZN', qty: 12 }]] }
      await write(admin, ['product.product', product.id], vals)
      const { items } = await pull(config, 'products', {})
      assert.deepEqual(items.get(String(product.id))?.units, [{ unit: 'DZN', ratio: '12' }])
    },
  },
  {
    name: 'loses nothing that is written within one second, whatever the order',
    run: async ({ admin, config }) => {
      const made: number[] = []
      for (let n = 0; n < 6; n += 1) made.push((await newCustomer(admin)).id)
      const { cursor } = await pull(config, 'parties', {})
      // From the highest id to the lowest: Odoo sorts them by microseconds that it does not show.
      for (const id of made.toReversed()) {
        await write(admin, ['res.partner', id], { ref: unique('REF') })
      }
      for (const limit of [1, 2, 4]) {
        const { items } = await pull(config, 'parties', { cursor, limit })
        const missing = made.filter((id) => !items.has(String(id)))
        assert.deepEqual(missing, [], `by pages of ${limit}`)
      }
    },
  },
  {
    name: 'feeds companies, people and places with the account that pays',
    run: async ({ admin, config }) => {
      const company = await newCustomer(admin)
      const child = async (values: Record<string, unknown>) => {
        const vals_list = [{ name: unique('Child'), parent_id: company.id, ...values }]
        const answer = await admin.act('res.partner', 'create', { named: { vals_list } })
        return z.array(z.int()).parse(Array.isArray(answer) ? answer : [answer])[0]
      }
      const person = await child({ email: 'Ada@Supply.example' })
      const place = await child({ type: 'delivery' })
      const account = unique('C')
      await write(admin, ['res.partner', company.id], { ref: account, vat: 'US12345678' })
      const { items } = await pull(config, 'parties', {})
      const told = [company.id, person, place].map((id) => items.get(String(id)))
      assert.deepEqual(
        told.map((party) => party?.kind),
        ['company', 'person', 'location'],
      )
      for (const party of told) assert.equal(party?.commercialPartyId, String(company.id))
      assert.deepEqual(told[0]?.identifiers, [
        { kind: 'account', value: account },
        { kind: 'vat', value: 'US12345678' },
      ])
      assert.deepEqual(told[1]?.identifiers, [{ kind: 'email', value: 'ada@supply.example' }])
    },
  },
  {
    name: 'feeds warehouses with their codes',
    run: async ({ admin, config }) => {
      const [row] = await admin.search('stock.warehouse', {
        domain: [],
        row: z.object({ id: z.int(), code: z.string() }),
        limit: 1,
      })
      const { items } = await pull(config, 'warehouses', {})
      assert.equal(items.get(String(row?.id))?.code, row?.code)
    },
  },
  {
    name: 'feeds who was bought from, and who comes onto a list of prices',
    run: async ({ admin, config }) => {
      const [bought, listed, neither] = [
        await newVendor(admin),
        await newCustomer(admin),
        await newCustomer(admin),
      ]
      const first = await pull(config, 'vendors', {})
      assert.ok(first.items.has(String(bought.id)))
      assert.equal(first.items.has(String(listed.id)), false)
      const product = await newProduct(admin)
      const price = { partner_id: listed.id, product_tmpl_id: await templateOf(admin, product.id) }
      await admin.act('product.supplierinfo', 'create', { named: { vals_list: [price] } })
      const second = await pull(config, 'vendors', { cursor: first.cursor })
      assert.ok(second.items.has(String(listed.id)))
      assert.equal(second.items.has(String(neither.id)), false)
    },
  },
]
