import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { Automation } from './automation.ts'
import { Calls } from './calls.ts'
import { Faults } from './faults/faults.ts'
import { makeRegistry } from './models/all-models.ts'
import { describeModels } from './models/technical.ts'
import { asOfVersion, modelsMissingIn } from './models/versions.ts'
import { Database } from './orm/database.ts'
import type { User } from './orm/env.ts'
import { Stamps } from './orm/stamps.ts'
import { type Backend, inTransaction } from './orm/transaction.ts'
import { type GeneratedOrders, generateOrders } from './seed/generate-orders.ts'
import { plantRecorded } from './seed/recorded-seed.ts'
import { TestAccess } from './test-access.ts'
import { answerControl, isControl } from './wire/control.ts'
import { Executor } from './wire/execute.ts'
import { Keys } from './wire/keys.ts'
import { type ServeDeps, serve } from './wire/serve.ts'

/** How an Odoo double is set up. */
export interface OdooOptions {
  /** Its records: those that were recorded before any return, and as many generated orders beside them. */
  readonly seed?: 'recorded' | GeneratedOrders
  /** 19 speaks JSON-2 and /jsonrpc, 18 and 17 only /jsonrpc. */
  readonly version?: 17 | 18 | 19
  readonly now?: () => Date
  /** A free one unless it is given. */
  readonly port?: number
  readonly database?: string
  /** The administrator's API key. */
  readonly adminKey?: string
  /** The integration user's API key. */
  readonly key?: string
  /** How close together calls of `load()` for one record conflict, in milliseconds. Each such call takes as long. */
  readonly loadHoldMs?: number
}

/** An Odoo that runs in this process. */
export interface OdooDouble {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string
  readonly database: string
  readonly adminKey: string
  readonly key: string
  /** The integration user's login, and its id. */
  readonly login: string
  readonly uid: number
  readonly calls: Calls
  readonly faults: Faults
  readonly keys: Pick<Keys, 'restore' | 'revoke'>
  /** The records, for tests to look at. */
  readonly db: TestAccess
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
}

const admin: User = { id: 2, isAdmin: true }
const hub: User = { id: 7, isAdmin: false }

/** Starts an Odoo on the loopback address. */
export async function startOdoo(options: OdooOptions = {}): Promise<OdooDouble> {
  const {
    version = 19,
    now = () => new Date(),
    port = 0,
    database = 'backhaul',
    adminKey = 'a'.repeat(40),
    key = 'b'.repeat(40),
    loadHoldMs = 10,
    seed = 'recorded',
  } = options
  const automation = new Automation()
  const backend = makeBackend({
    automation,
    now,
    version,
    orders: seed === 'recorded' ? { orders: 0 } : seed,
  })
  const executor = new Executor(backend, automation, loadHoldMs)
  const keys = new Keys()
  keys.add(adminKey, admin)
  keys.add(key, hub)
  const [calls, faults, db] = [new Calls(), new Faults(), new TestAccess(backend, admin)]
  const deps: ServeDeps = {
    database,
    version,
    keys,
    calls,
    faults,
    peek: (user, look) => inTransaction(backend, { user }, look),
    execute: (call) => executor.execute(call),
    lose: async (call) => executor.lose(call),
    findLogin: (login) => db.find('res.users', [['login', '=', login]])[0]?.id,
  }
  const server = createServer((incoming, response) => {
    const answered = isControl(incoming)
      ? answerControl({ calls, faults, keys, db, key }, incoming, response)
      : serve(deps, incoming, response)
    answered.catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const login = 'returns-hub'
  const url = `http://127.0.0.1:${taken}`
  return { url, database, adminKey, key, login, uid: hub.id, calls, faults, keys, db, close }
}

interface Making {
  readonly automation: Automation
  readonly now: () => Date
  readonly version: number
  readonly orders: GeneratedOrders
}

function makeBackend({ automation, now, version, orders }: Making): Backend {
  const db = new Database()
  const registry = makeRegistry()
  for (const model of registry.all()) db.define(model.name, model.indexed ?? [])
  const backend: Backend = { db, registry, watcher: automation, stamps: new Stamps(now), version }
  inTransaction(backend, { user: admin }, plantRecorded)
  inTransaction(backend, { user: admin }, (env) => generateOrders(env, orders))
  registry.adapt((model) => asOfVersion(model, version))
  registry.drop(modelsMissingIn(version))
  inTransaction(backend, { user: admin }, describeModels)
  automation.take()
  return backend
}
