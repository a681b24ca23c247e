import { badInputScenarios } from './bad-input.ts'
import { scenarios as changes } from './changes.ts'
import { scenarios as feeds } from './feeds.ts'
import { scenarios as money } from './money.ts'
import { scenarios as orders } from './orders.ts'
import { scenarios as sales } from './sales.ts'
import type { Scenario, Stage } from './scenario.ts'
import { scenarios as setup } from './setup.ts'
import { scenarios as stock } from './stock.ts'

/** A scenario with the part of the connector that it is about. */
export type GroupedScenario = Scenario & { readonly group: string }

const groups: Readonly<Record<string, readonly Scenario[]>> = {
  orders,
  feeds,
  stock,
  money,
  sales,
  changes,
  'bad input': badInputScenarios,
  // Last: it makes and takes back places that others would find.
  setup,
}

/** All that is proved of the connector on a running Odoo. */
export const allScenarios: readonly GroupedScenario[] = Object.entries(groups).flatMap(
  ([group, scenarios]) => scenarios.map((scenario) => ({ ...scenario, group })),
)

/** Why a scenario is not played on an Odoo; null where it is. */
export function whySkipped({ skip }: Scenario, stage: Stage): string | null {
  return skip?.(stage) ?? null
}
