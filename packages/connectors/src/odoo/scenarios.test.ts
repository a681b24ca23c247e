import { after, before, describe, test } from 'node:test'
import { type OdooDouble, startOdoo } from '@backhaul/simulator'
import { allScenarios, whySkipped } from '../../test-odoo/all-scenarios.ts'
import { serverOfDouble } from '../../test-odoo/connection.ts'
import { openContext } from '../../test-odoo/open-context.ts'
import type { ScenarioContext } from '../../test-odoo/scenario.ts'

const stages = [
  { version: 19, transport: 'json2' },
  { version: 19, transport: 'jsonrpc' },
  { version: 18, transport: 'jsonrpc' },
  { version: 17, transport: 'jsonrpc' },
] as const

/** What is proved on a real server, on the double too: each of its versions speaks and names things its own way. */
for (const { version, transport } of stages) {
  describe(`Odoo ${version} over ${transport}`, () => {
    const isFirst = version === 19 && transport === 'json2'
    let odoo: OdooDouble
    let context: ScenarioContext

    before(async () => {
      odoo = await startOdoo({ version, loadHoldMs: 0 })
      context = await openContext(serverOfDouble(odoo), { transport, isDouble: true })
    })
    after(() => odoo.close())

    for (const scenario of allScenarios) {
      const { group, name, isLong, run } = scenario
      const isRepeat = isLong && !isFirst
      const skip = isRepeat
        ? 'long, and the same in every version'
        : (whySkipped(scenario, { version, isDouble: true }) ?? false)
      test(`${group}: ${name}`, { skip }, () => run(context))
    }
  })
}
