import assert from 'node:assert/strict'
import type { SetupContext, SetupPlan } from '@backhaul/sdk/connector'
import { noDial } from '@backhaul/sdk/testing'
import { z } from 'zod'
import type { Config } from '../src/odoo/config.ts'
import { check } from '../src/odoo/setup/check.ts'
import { diagnose } from '../src/odoo/setup/diagnose.ts'
import { setup } from '../src/odoo/setup/plan.ts'
import { directFetch } from './connection.ts'
import type { Scenario, ScenarioContext } from './scenario.ts'

/**
 * The set-up on a real server. It works under a prefix of its own, so that what another set-up has made in the same
 * database stays: places that deliveries are returned to already are taken over.
 */
export const scenarios: readonly Scenario[] = [
  {
    name: 'a database is set up, again, taken back, and set up once more',
    run: async (context) => {
      const own = {
        ...context,
        config: { ...context.config, warehouses: {}, prefix: 'backhaul_scenario' },
      }
      const before = await setup.plan(contextOf(own))
      const made = await apply(own)
      assertDone(made)
      const again = await apply(own)
      assert.deepEqual(again.settings, made.settings, 'a repeat finds what is there')
      await assertPlaces(context, made)
      const gone = await setup.remove(contextOf(own), ignore)
      assert.deepEqual(
        gone.steps.filter(({ state }) => state === 'differs'),
        [],
        'nothing of it is in use',
      )
      const after = await setup.plan(contextOf(own))
      assert.deepEqual(statesOf(after), statesOf(before), 'it is as it was before')
      assertDone(await apply(own))
      await setup.remove(contextOf(own), ignore)
    },
  },
  {
    name: 'rules call the address that the hub gave out, and are set anew with another one',
    run: async (context) => {
      const own = { ...context, config: { ...context.config, prefix: 'backhaul_scenario' } }
      const hooks = fakeAddresses()
      const state = async () =>
        statesOf(await setup.plan({ ...contextOf(own), webhooks: hooks }))['automation-rules']
      try {
        await setup.apply({ ...contextOf(own), webhooks: hooks }, ignore)
        assert.equal(await state(), 'present')
        await hooks.renew()
        assert.equal(await state(), 'differs')
        await setup.apply({ ...contextOf(own), webhooks: hooks }, ignore)
        assert.equal(await state(), 'present')
      } finally {
        await setup.remove({ ...contextOf(own), webhooks: hooks }, ignore)
      }
      assert.equal(await state(), 'missing')
    },
  },
  {
    name: 'the doctor finds nothing wrong with a database that is set up, but does with one that is not',
    run: async (context) => {
      const own = { ...context, config: { ...context.config, prefix: 'backhaul_scenario' } }
      const { settings } = await apply({ ...own, config: { ...own.config, warehouses: {} } })
      const configured = { ...own, config: { ...own.config, ...settings } }
      const problems = async (given: ScenarioContext) => {
        const findings = await diagnose({ ...contextOf(given), adminKey: null })
        return findings.filter(({ level }) => level === 'problem').map(({ title }) => title)
      }
      assert.deepEqual(await problems(configured), [])
      await setup.remove(contextOf(own), ignore)
      const empty = { ...own, config: { ...own.config, warehouses: {} } }
      assert.ok((await problems(empty)).length > 0)
    },
  },
  {
    name: 'a test of the connection says who we are, and when the key ends',
    run: async ({ config }) => {
      const signal = AbortSignal.timeout(60_000)
      const report = await check({
        config,
        fetch: directFetch,
        dial: noDial,
        signal,
        now: new Date(),
      })
      assert.match(report.account ?? '', new RegExp(config.login))
    },
  },
]

const ignore = () => {}

function contextOf({ admin, config }: ScenarioContext): SetupContext<Config> {
  return {
    connectionId: 'scenario',
    config,
    adminKey: admin.config.key,
    adminLogin: admin.config.login,
    // Without an address: a server that others use would call one that nobody answers at.
    webhooks: null,
    fetch: directFetch,
    dial: noDial,
    signal: AbortSignal.timeout(300_000),
    now: new Date(),
  }
}

/** Addresses on this machine that refuse at once. */
function fakeAddresses(): NonNullable<SetupContext<Config>['webhooks']> {
  let turn = 0
  const address = (topic: string) => `http://127.0.0.1:9/webhooks/scenario/${topic}/secret-${turn}`
  return {
    isCurrent: (topic, given) => given === address(topic),
    renew: async () => {
      turn += 1
      return address
    },
  }
}

function apply(context: ScenarioContext): Promise<SetupPlan> {
  return setup.apply(contextOf(context), ignore)
}

function statesOf({ steps }: SetupPlan): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map(({ key, state }) => [key, state]))
}

function assertDone({ steps }: SetupPlan): void {
  const open = steps.filter(({ state }) => state === 'missing' || state === 'differs')
  assert.deepEqual(open, [])
}

const locationRow = z.object({ id: z.int(), usage: z.string(), parent_path: z.string() })

/** Goods in these places are not promised to new orders. */
async function assertPlaces({ admin }: ScenarioContext, { settings }: SetupPlan): Promise<void> {
  const [places] = Object.values((settings as Pick<Config, 'warehouses'>).warehouses)
  assert.ok(places?.repair !== undefined && places.vendor !== undefined)
  const ids = [places.quarantine, places.repair, places.vendor]
  for (const { usage, parent_path } of await admin.read('stock.location', ids, locationRow)) {
    assert.equal(usage, 'internal')
    assert.ok(!parent_path.split('/').includes(String(places.stock)), 'it lies beside the stock')
  }
}
