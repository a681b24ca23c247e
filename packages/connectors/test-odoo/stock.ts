import type { Scenario } from './scenario.ts'
import { announcingScenarios } from './stock-announcing.ts'
import { closingScenarios } from './stock-closing.ts'
import { decidingScenarios } from './stock-deciding.ts'
import { receivingScenarios } from './stock-receiving.ts'
import { sendingScenarios } from './stock-sending.ts'
import { serialScenarios } from './stock-serials.ts'

export const scenarios: readonly Scenario[] = [
  ...announcingScenarios,
  ...receivingScenarios,
  ...serialScenarios,
  ...closingScenarios,
  ...decidingScenarios,
  ...sendingScenarios,
]
