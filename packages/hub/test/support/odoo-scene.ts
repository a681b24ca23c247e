import { setImmediate as nextTurn } from 'node:timers/promises'
import { ensurePlaces, openAsAdmin, type ScenarioAdmin } from '@backhaul/connectors/test-odoo'
import { cloudEventType } from '@backhaul/sdk/canonical'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { newId } from '../../src/platform/ids.ts'
import { itemsOf, type Json, startTestHub, type TestHub } from './hub.ts'
import { connectNeighbor, type Neighbor, standardPolicies, whatIsStuck } from './neighborhood.ts'

/** A hub beside an Odoo that keeps the orders and the books, under the rules that come with the hub. */
export interface OdooScene {
  readonly hub: TestHub
  readonly odoo: OdooDouble
  /** Sells, and looks, as people in Odoo do. */
  readonly admin: ScenarioAdmin
  /** Waits until `found` finds something. @throws {Error} with what is stuck, when that takes too long. */
  eventually<T>(found: () => T | undefined | Promise<T | undefined>): Promise<T>
  /** The returns that a text leads to: a number of an order, of a return. */
  casesOf(text: string): Promise<Json[]>
  /** The one that it leads to, once that stands where `headline` says. */
  caseThatIs(headline: string, text: string): Promise<Json>
  /** Somebody with an administrator's key says what has happened. */
  say(subject: string, type: Parameters<typeof cloudEventType>[0], data: object): Promise<void>
  close(): Promise<void>
}

const patienceMs = 20_000

export async function startOdooScene(
  options: Partial<Pick<Neighbor, 'roles' | 'retry'>> = {},
): Promise<OdooScene> {
  const { roles = ['erp', 'payments', 'supplier'], ...more } = options
  const hub = await startTestHub({ policies: standardPolicies() })
  const odoo = await startOdoo()
  const { url, database, login, key, adminKey } = odoo
  const admin = await openAsAdmin({
    url,
    database,
    hub: { login, key },
    admin: { login: 'admin', key: adminKey },
  })
  const places = await ensurePlaces(admin)
  const config = { url, database, login, key, warehouses: { '*': places } }
  await connectNeighbor(hub, { channel: 'odoo', as: 'odoo-main', roles, config, ...more })
  const { eventually, casesOf } = observerOf(hub)
  return {
    hub,
    odoo,
    admin,
    eventually,
    casesOf,
    caseThatIs: (headline, text) =>
      eventually(async () => {
        const [one] = await casesOf(text)
        return one?.['headline'] === headline ? one : undefined
      }),
    say: (subject, type, data) => say(hub, { subject, type: cloudEventType(type), data }),
    async close() {
      await hub.close()
      await odoo.close()
    },
  }
}

function observerOf(hub: TestHub): Pick<OdooScene, 'eventually' | 'casesOf'> {
  const casesOf = async (text: string) =>
    itemsOf(await hub.request('GET', `/api/v1/returns?q=${encodeURIComponent(text)}`))
  return {
    casesOf,
    async eventually(found) {
      const startMs = performance.now()
      while (performance.now() - startMs < patienceMs) {
        const value = await found()
        if (value !== undefined) return value
        await nextTurn()
      }
      throw new Error(`in vain: ${JSON.stringify(await whatIsStuck(hub.pool))}`)
    },
  }
}

async function say(hub: TestHub, event: object): Promise<void> {
  const body = {
    specversion: '1.0',
    id: newId(),
    source: 'desk',
    time: new Date().toISOString(),
    ...event,
  }
  const { status, text } = await hub.request('POST', '/api/v1/events', { body })
  if (status !== 202) throw new Error(text)
}
