import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { SetupContext, SetupPlan } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { directFetch } from '../../../test-odoo/connection.ts'
import { type Config, config as configSchema } from '../config.ts'
import { check } from './check.ts'
import { diagnose } from './diagnose.ts'
import { setup } from './plan.ts'

let odoo: OdooDouble
let secret: string

beforeEach(async () => {
  odoo = await startOdoo()
  secret = 'secret-1'
  // As Odoo is out of the box: deliveries come back by the type of receipts, into the stock.
  odoo.db.remove('stock.picking.type', [19])
  odoo.db.remove('stock.location', [33, 34])
  change('stock.picking.type', 2, { return_picking_type_id: 1 })
  change('stock.picking.type', 7, { active: false })
})
afterEach(() => odoo.close())

/** Changes a record behind everybody's back. */
function change(model: string, id: number, values: object): void {
  odoo.db.import({ [model]: [{ ...one(model, id), ...values }] })
}

function one(model: string, id: number): Readonly<Record<string, unknown>> {
  const [row] = odoo.db.find(model, [
    ['id', '=', id],
    ['active', 'in', [true, false]],
  ])
  assert.ok(row, `${model} ${id}`)
  return row
}

function configOf(changes: Readonly<Record<string, unknown>> = {}): Config {
  const { url, database, login, key } = odoo
  return configSchema.parse({ url, database, login, key, ...changes })
}

function contextOf(changes: Partial<SetupContext<Config>> = {}): SetupContext<Config> {
  const address = (topic: string) => `https://hub.example/webhooks/main/${topic}/${secret}`
  return {
    connectionId: 'main',
    config: configOf(),
    adminKey: odoo.adminKey,
    adminLogin: 'admin',
    webhooks: {
      isCurrent: (topic, given) => given === address(topic),
      renew: async () => {
        secret = `secret-${Number(secret.slice(7)) + 1}`
        return address
      },
    },
    fetch: directFetch,
    dial: noDial,
    signal: new AbortController().signal,
    now: new Date(),
    ...changes,
  }
}

const ignore = () => {}
const apply = (changes?: Partial<SetupContext<Config>>) => setup.apply(contextOf(changes), ignore)
const remove = (changes?: Partial<SetupContext<Config>>) => setup.remove(contextOf(changes), ignore)
const plan = (changes?: Partial<SetupContext<Config>>) => setup.plan(contextOf(changes))

function stateOf({ steps }: SetupPlan, key: string): string | undefined {
  return steps.find((step) => step.key === key)?.state
}

interface Places {
  readonly returnsType: number
  readonly quarantine: number
  readonly repair: number
  readonly vendor: number
}

function placesOf({ settings }: SetupPlan, name = '*'): Places {
  const { warehouses } = settings as { warehouses: Record<string, Places> }
  const places = warehouses[name]
  assert.ok(places, `no places under ${name}`)
  return places
}

const writes = () =>
  Object.entries(odoo.calls.byName()).filter(([name]) =>
    /\.(load|write|create|unlink|set_param)$/.test(name),
  )

describe('the set-up of a database', () => {
  test('only looks when it plans, with or without an administrator', async () => {
    const [full, own] = [await plan(), await plan({ adminKey: null })]
    assert.deepEqual(writes(), [])
    assert.equal(stateOf(full, 'warehouse-1-quarantine'), 'missing')
    assert.equal(stateOf(own, 'warehouse-1-quarantine'), 'missing')
    assert.equal(stateOf(full, 'automation-rules'), 'missing')
    assert.equal(stateOf(own, 'automation-rules'), 'unknown')
  })

  test('is not begun without an administrator', async () => {
    await assert.rejects(apply({ adminKey: null }), { code: 'AUTH_REJECTED' })
    await assert.rejects(apply({ adminKey: 'wrong' }), {
      code: 'AUTH_REJECTED',
      reason: "Odoo refuses the administrator's key, for admin",
    })
  })

  test('makes places beside the stock, and a type that takes known serials only', async () => {
    const places = placesOf(await apply())
    for (const id of [places.quarantine, places.repair, places.vendor]) {
      const { location_id, usage } = one('stock.location', id)
      assert.deepEqual({ location_id, usage }, { location_id: 4, usage: 'internal' })
    }
    const type = one('stock.picking.type', places.returnsType)
    assert.equal(type['code'], 'incoming')
    assert.equal(type['default_location_dest_id'], places.quarantine)
    assert.equal(type['default_location_src_id'], 2)
    assert.deepEqual([type['use_create_lots'], type['use_existing_lots']], [false, true])
    assert.equal(one('stock.picking.type', 2)['return_picking_type_id'], places.returnsType)
    assert.equal(one('stock.picking.type', 7)['active'], true)
  })

  test('done again makes and changes nothing', async () => {
    const first = await apply()
    odoo.calls.reset()
    const again = await apply()
    assert.deepEqual(writes(), [])
    assert.deepEqual(again.settings, first.settings)
    assert.ok(again.steps.every(({ state }) => state === 'present' || state === 'by_hand'))
  })

  test('is the same for a connection that is configured with it', async () => {
    const { settings } = await apply()
    const configured = await plan({ config: configOf(settings) })
    assert.deepEqual(configured.settings, settings)
  })

  test('mends what somebody has changed of what it made', async () => {
    const { quarantine, returnsType } = placesOf(await apply())
    change('stock.location', quarantine, { location_id: 5 })
    change('stock.picking.type', returnsType, { use_create_lots: true })
    assert.equal(stateOf(await plan(), 'warehouse-1-quarantine'), 'differs')
    assert.equal(stateOf(await plan(), 'warehouse-1-returns-type'), 'differs')
    await apply()
    assert.equal(one('stock.location', quarantine)['location_id'], 4)
    assert.equal(one('stock.picking.type', returnsType)['use_create_lots'], false)
  })

  test('leaves to a person what is not its own', async () => {
    odoo.db.import({
      'stock.location': [
        {
          ...one('stock.location', 5),
          id: 90,
          name: 'Shelf',
          complete_name: 'WH/Stock/Shelf',
          location_id: 5,
        },
      ],
    })
    const warehouses = {
      EAST: { returnsType: 1, quarantine: 90, stock: 5, internalType: 7 },
    }
    const config = configOf({ warehouses })
    const done = await apply({ config })
    assert.equal(stateOf(done, 'warehouse-1-quarantine'), 'by_hand')
    assert.equal(stateOf(done, 'warehouse-1-returns-type'), 'by_hand')
    assert.equal(one('stock.location', 90)['location_id'], 5)
    assert.equal(placesOf(done, 'EAST').quarantine, 90, "the hub's name is kept")
  })

  test('takes over what somebody has prepared by hand, and never takes it back', async () => {
    const made = placesOf(await apply())
    await odoo.close()
    odoo = await startOdoo()
    const places = placesOf(await apply())
    assert.deepEqual([places.returnsType, places.quarantine], [19, 33])
    assert.notEqual(made.returnsType, 19)
    const gone = await remove()
    assert.equal(stateOf(gone, 'warehouse-1-returns-type'), 'present')
    assert.equal(one('stock.picking.type', 2)['return_picking_type_id'], 19)
  })
})

describe('the rules that tell the hub', () => {
  const addresses = () => odoo.db.find('ir.actions.server').map((row) => String(row['webhook_url']))

  test('call the address of their model, and send the number of the record only', async () => {
    await apply()
    assert.deepEqual(addresses().toSorted(), [
      'https://hub.example/webhooks/main/account.move/secret-2',
      'https://hub.example/webhooks/main/account.payment/secret-2',
      'https://hub.example/webhooks/main/repair.order/secret-2',
      'https://hub.example/webhooks/main/sale.order/secret-2',
      'https://hub.example/webhooks/main/stock.picking/secret-2',
    ])
    for (const action of odoo.db.find('ir.actions.server')) {
      assert.deepEqual(action['webhook_field_ids'], [])
    }
    const [rule] = odoo.db.find('base.automation', [['name', 'like', 'stock.picking']])
    assert.match(String(rule?.['filter_domain']), /'picking_type_id', 'in', \[\d+\]/)
  })

  test('are all set anew when one of them is wrong, for the secret is a new one', async () => {
    await apply()
    const [rule] = odoo.db.find('base.automation')
    change('base.automation', rule?.id ?? 0, { active: false })
    assert.equal(stateOf(await plan(), 'automation-rules'), 'differs')
    await apply()
    assert.equal(addresses().filter((address) => address.endsWith('/secret-3')).length, 5)
    assert.equal(stateOf(await plan(), 'automation-rules'), 'present')
  })

  test('are those of one connection: another has its own', async () => {
    await apply()
    await apply({ connectionId: 'other' })
    assert.equal(odoo.db.find('base.automation').length, 10)
  })

  test('wait for the address of the hub', async () => {
    const done = await apply({ webhooks: null })
    assert.equal(stateOf(done, 'automation-rules'), 'by_hand')
    assert.deepEqual(addresses(), [])
  })
})

describe('the set-up taken back', () => {
  test('leaves the database as it was', async () => {
    const models = [
      'stock.location',
      'stock.picking.type',
      'base.automation',
      'ir.actions.server',
      'ir.sequence',
      'ir.config_parameter',
      'stock.scrap.reason.tag',
    ]
    const count = () => models.map((model) => odoo.db.find(model, [['id', '>', 0]]).length)
    const before = count()
    await apply()
    const gone = await remove()
    assert.deepEqual(gone.settings, { warehouses: {} })
    assert.ok(gone.steps.every(({ state }) => state === 'missing'))
    assert.deepEqual(count(), before)
    assert.equal(one('stock.picking.type', 2)['return_picking_type_id'], 1)
    assert.equal(one('stock.picking.type', 7)['active'], false)
    await apply()
    assert.equal(stateOf(await plan(), 'warehouse-1-returns-type'), 'present')
  })

  test('leaves what is in use', async () => {
    const { quarantine, returnsType } = placesOf(await apply())
    odoo.db.import({
      'stock.quant': [
        { ...odoo.db.find('stock.quant')[0], id: 900, location_id: quarantine, quantity: 1 },
      ],
      'stock.picking': [
        {
          ...odoo.db.find('stock.picking')[0],
          id: 900,
          picking_type_id: returnsType,
          state: 'done',
        },
      ],
    })
    const gone = await remove()
    assert.equal(stateOf(gone, 'warehouse-1-quarantine'), 'differs')
    assert.equal(one('stock.location', quarantine)['active'], true)
    assert.equal(stateOf(gone, 'warehouse-1-returns-type'), 'differs')
    assert.equal(one('stock.picking.type', returnsType)['active'], false)
    const back = placesOf(await apply())
    assert.deepEqual([back.returnsType, back.quarantine], [returnsType, quarantine])
  })

  test('is found also by a connection that is configured with something else', async () => {
    const { returnsType } = placesOf(await apply())
    const warehouses = { '*': { returnsType: 1, quarantine: 5, stock: 5, internalType: 7 } }
    await remove({ config: configOf({ warehouses }) })
    assert.equal(odoo.db.exists('stock.picking.type', returnsType), false)
    assert.equal(one('stock.picking.type', 2)['return_picking_type_id'], 1)
  })

  test('does not undo what somebody has decided since', async () => {
    await apply()
    change('stock.picking.type', 2, { return_picking_type_id: 23 })
    await remove()
    assert.equal(one('stock.picking.type', 2)['return_picking_type_id'], 23)
  })
})

describe('a look at a database', () => {
  const look = (changes: Partial<SetupContext<Config>> = {}) =>
    diagnose(contextOf({ adminKey: null, ...changes }))

  test('names what is missing before the set-up, and nothing after it', async () => {
    const problems = async (changes?: Partial<SetupContext<Config>>) =>
      (await look(changes)).filter(({ level }) => level === 'problem').map(({ title }) => title)
    assert.ok((await problems()).includes('Returns Quarantine (WH)'))
    const { settings } = await apply()
    assert.deepEqual(await problems(), ['Places of YourCompany (WH)'])
    assert.deepEqual(await problems({ config: configOf(settings) }), [])
  })

  test('names places that are configured and gone', async () => {
    const warehouses = { '*': { returnsType: 77, quarantine: 78, stock: 5, internalType: 7 } }
    await apply()
    const findings = await look({ config: configOf({ warehouses }) })
    const found = findings.find(({ title }) => title.startsWith('Places of'))
    assert.deepEqual(
      [found?.level, /not there any more/.test(found?.detail ?? '')],
      ['problem', true],
    )
  })

  test('says why it cannot look', async () => {
    const [login] = await look({ config: configOf({ key: 'wrong' }) })
    assert.deepEqual([login?.level, login?.title], ['problem', 'Login'])
    assert.match(login?.detail ?? '', /Make a new key/)
    const [database] = await look({ config: configOf({ database: 'gone' }) })
    assert.match(database?.detail ?? '', /knows no such database/)
  })

  test('warns of a key that ends soon, and of a clock that is wrong', async () => {
    const { credentialExpiresAt: end } = (await check(contextOf())) as {
      credentialExpiresAt?: Date
    }
    assert.ok(end instanceof Date)
    const now = new Date(end.getTime() - 5 * 86_400_000)
    const key = (await look({ now })).find(({ title }) => title === 'API key of the user')
    assert.equal(key?.level, 'warning')
    const wrong: typeof directFetch = async (url, request) => {
      const response = await directFetch(url, request)
      return { ...response, headers: { date: new Date(Date.now() + 600_000).toUTCString() } }
    }
    const clock = (await look({ fetch: wrong })).find(({ title }) => title === 'Clock')
    assert.deepEqual([clock?.level, /ahead/.test(clock?.detail ?? '')], ['warning', true])
  })
})

test('a test of the connection says who we are', async () => {
  const report = await check(contextOf())
  assert.equal(report.account, 'Returns Hub (returns-hub), backhaul, Odoo 19.0')
  assert.deepEqual(report.notes, ['No places of a warehouse are configured: run the set-up.'])
})
