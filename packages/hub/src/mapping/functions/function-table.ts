import type { MappingFunction } from './mapping-function.ts'
import { moneyFunctions } from './money.ts'
import { quantityFunctions } from './quantity.ts'
import { textFunctions } from './text.ts'
import { timeFunctions } from './time.ts'
import { wordFunctions } from './words.ts'

/** Every function that expressions of mapping documents can call; the reference is made from it. */
export const functionTable: readonly MappingFunction[] = [
  ...wordFunctions,
  ...quantityFunctions,
  ...moneyFunctions,
  ...timeFunctions,
  ...textFunctions,
]
