import { isCurrency } from '@backhaul/sdk/canonical'
import { nearestName } from '../../platform/config/nearest-name.ts'
import type { ExpressionCall } from '../../platform/expression/guard.ts'
import { checkTimeFormat, isTimeZone } from '../functions/time.ts'
import { vocabularyNames } from '../functions/vocabularies.ts'
import { productKinds } from '../functions/words.ts'

/** Looks at what is written out in a call. @returns what is wrong, as the end of a sentence, or null. */
export function checkCall({ name, literals }: ExpressionCall): string | null {
  const [first, second, third] = literals
  switch (name) {
    case 'vocabulary':
      return oneOf('vocabulary', first, vocabularyNames)
    case 'product':
      return oneOf('kind', first, productKinds)
    case 'money':
      return typeof second === 'string' && !isCurrency(second.trim().toUpperCase())
        ? 'needs an active ISO 4217 currency'
        : null
    case 'decimal':
      return oneOf('decimal sign', second, [',', '.'])
    case 'time':
      return checkTime(second, third)
    default:
      return null
  }
}

function oneOf(
  what: string,
  value: string | null | undefined,
  known: readonly string[],
): string | null {
  if (typeof value !== 'string') return `needs a ${what} that is written out`
  if (known.includes(value)) return null
  const near = nearestName(value, known)
  const hint = near === null ? `known are ${known.join(' ')}` : `did you mean ${near}?`
  return `knows no ${what} ${value}; ${hint}`
}

function checkTime(zone: string | null | undefined, format: string | null | undefined) {
  if (typeof zone === 'string' && !isTimeZone(zone)) return `knows no time zone ${zone}`
  if (typeof format !== 'string') return 'needs a format that is written out'
  return checkTimeFormat(format)
}
