import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type MasterDataKind, masterDataRecords } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { directFetch, openAsAdmin, serverOfDouble } from '../../../test-odoo/connection.ts'
import { type Config, config as configSchema } from '../config.ts'
import { feeds } from './feeds.ts'

for (const version of [19, 18, 17] as const) {
  describe(`feeds of Odoo ${version}`, () => {
    let odoo: OdooDouble
    let config: Config

    before(async () => {
      odoo = await startOdoo({ seed: 'recorded', version })
      const { url, database, login, key } = odoo
      config = configSchema.parse({ url, database, login, key })
    })
    after(() => odoo.close())

    async function pull(kind: MasterDataKind, cursor: string | null = null) {
      const items = new Map<string, Readonly<Record<string, unknown>>>()
      let at = cursor
      for (let pages = 0; pages < 100; pages += 1) {
        const signal = AbortSignal.timeout(30_000)
        const ways = { fetch: directFetch, dial: noDial }
        const given = { config, ...ways, signal, cursor: at, limit: 3, now: new Date() }
        const page = await feeds[kind].pull(given)
        for (const item of page.items) {
          items.set(item.id, { ...masterDataRecords[kind].parse(item) })
        }
        if (page.hasMore) assert.notEqual(page.cursor, at)
        at = page.cursor
        if (!page.hasMore) return { items, cursor: at }
      }
      throw new Error(`${kind} has no end`)
    }

    test('give products by the names that people scan', async () => {
      const { items } = await pull('products')
      const { sku, gtin, baseUnit, isActive } = items.get('60') ?? {}
      assert.deepEqual([sku, gtin], ['RH-DRILL-18', '04006381333948'])
      assert.deepEqual([baseUnit, isActive], ['EA', true])
      assert.equal(items.get('64')?.['baseUnit'], 'MTR')
    })

    test('give parties with the account that pays', async () => {
      const { items } = await pull('parties')
      const told = ['46', '50', '51', '53'].map((id) => {
        const { kind, commercialPartyId } = items.get(id) ?? {}
        return [kind, commercialPartyId]
      })
      assert.deepEqual(told, [
        ['company', '46'],
        ['person', '46'],
        ['location', '46'],
        ['company', '53'],
      ])
    })

    test('give warehouses and vendors', async () => {
      assert.equal((await pull('warehouses')).items.size, 1)
      assert.equal((await pull('vendors')).items.get('49')?.['name'], 'Alder Industrial')
    })

    test('give what was written since, and what was archived', async () => {
      const { cursor } = await pull('parties')
      const admin = await openAsAdmin(serverOfDouble(odoo))
      const vals = { active: false, name: 'Ines Marek-Berg' }
      await admin.act('res.partner', 'write', { ids: [50], named: { vals } })
      const { name, isActive } = (await pull('parties', cursor)).items.get('50') ?? {}
      assert.deepEqual([name, isActive], ['Ines Marek-Berg', false])
    })

    test('refuse a position that is none of theirs', async () => {
      for (const cursor of ['', '{}', '{"positions":[],"turn":0}', 'later']) {
        await assert.rejects(pull('parties', cursor), (error: unknown) => {
          assert.ok(error instanceof TerminalError)
          return error.code === 'CURSOR_INVALID'
        })
      }
    })
  })
}
