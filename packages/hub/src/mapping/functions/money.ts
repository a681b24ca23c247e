import { currencyExponent, fromMinor, isCurrency, type Money } from '@backhaul/sdk/canonical'
import { HaltError } from '../../platform/expression/language.ts'
import type { MappingFunction } from './mapping-function.ts'
import { decimalOf, isNothing, textOf } from './scalars.ts'

const wholeLimit = 1e12
const longest = 40

export const moneyFunctions: readonly MappingFunction[] = [
  {
    name: 'money',
    signatures: ['money(dyn, dyn): dyn'],
    does: 'An amount as contracts write it, exact, with all the decimals of its currency (ISO 4217). An amount with more decimals than the currency has is refused, never rounded.',
    example: {
      expression: 'money("120.5", "EUR")',
      result: '{"amount": "120.50", "currency": "EUR"}',
    },
    call: money,
  },
  {
    name: 'decimal',
    signatures: ['decimal(dyn, string): dyn'],
    does: 'A number that people wrote as a decimal with a point. The second argument is the sign before its decimals, a comma or a point; the other one, blanks and apostrophes may group thousands.',
    example: { expression: 'decimal("1.234,50", ",")', result: '"1234.5"' },
    call: decimal,
  },
]

function money(amount: unknown, currency: unknown): Money | null {
  if (isNothing(amount)) return null
  if (isNothing(currency)) throw new HaltError('needs a currency')
  const code = textOf(currency).trim().toUpperCase()
  if (!isCurrency(code)) throw new HaltError('needs an active ISO 4217 currency')
  const exact = decimalOf(amount)
  const exponent = currencyExponent(code)
  const minor = exact.times(10 ** exponent)
  if (!minor.eq(minor.round(0))) {
    throw new HaltError(`takes at most ${exponent} decimals in this currency`)
  }
  if (exact.abs().gte(wholeLimit)) throw new HaltError('takes amounts below 1,000,000,000,000')
  // `+ 0` turns a negative zero into zero.
  return fromMinor(minor.toNumber() + 0, code)
}

function decimal(value: unknown, point: string): string | null {
  if (isNothing(value)) return null
  if (point !== ',' && point !== '.') throw new HaltError('knows a comma or a point for decimals')
  if (typeof value !== 'string') return decimalOf(value).toFixed()
  const text = value.trim()
  if (text.length > longest) throw new HaltError('takes a decimal number')
  const [whole = '', fraction, ...rest] = text.split(point)
  const sign = /^[+-]/.exec(whole)?.[0] ?? ''
  const digits = ungrouped(whole.slice(sign.length), point)
  if (digits === null || rest.length > 0) throw new HaltError('takes a decimal number')
  return decimalOf(`${sign}${digits}${fraction === undefined ? '' : `.${fraction}`}`).toFixed()
}

/** Takes out signs between groups of three digits; null where there are others. */
function ungrouped(whole: string, point: string): string | null {
  if (/^\d*$/.test(whole)) return whole
  const groups = whole.split(/[.,'’ \u00a0\u202f]/)
  const isGrouped = groups.every((group, index) =>
    index === 0 ? /^\d{1,3}$/.test(group) : /^\d{3}$/.test(group),
  )
  return isGrouped && !whole.includes(point) ? groups.join('') : null
}
