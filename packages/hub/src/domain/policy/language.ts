import { currencyExponent, toMinor } from '@backhaul/sdk/canonical'
import { Big } from 'big.js'
import { DateTime, IANAZone } from 'luxon'
import {
  createExpressionLanguage,
  type ExpressionFunction,
  type ExpressionLanguage,
  HaltError,
} from '../../platform/expression/language.ts'
import { proportion } from '../ledger/minor.ts'
import { celTypes } from './inputs.ts'

const variables = {
  case: 'Case',
  line: 'Line',
  lines: 'list<Line>',
  order: 'Order',
  history: 'History',
  parameters: 'map<string, dyn>',
} as const

/** The languages of a rule set: of its conditions, and of what it changes. */
export interface PolicyLanguage {
  /** Of rules about the whole return: there is no `line`. */
  readonly ofCase: ExpressionLanguage
  readonly ofLine: ExpressionLanguage
  /** Of what a rule changes: knows `approved`, what is left of the line after all rules. */
  readonly ofChange: ExpressionLanguage
}

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name)
}

/** The language of rules, with days as they are counted in `timeZone`. */
export function policyLanguage(timeZone: string): PolicyLanguage {
  const { line: _line, ...ofCase } = variables
  const language = createExpressionLanguage({
    types: { ...celTypes(), Approved: { quantity: 'double', netMinor: 'int', taxMinor: 'int' } },
    variables: ofCase,
    functions: functions(timeZone),
  })
  const ofLine = language.extend({ line: variables.line })
  return { ofCase: language, ofLine, ofChange: ofLine.extend({ approved: 'Approved' }) }
}

function functions(timeZone: string): readonly ExpressionFunction[] {
  return [
    {
      signature: 'daysBetween(dyn, dyn): int',
      call: (from: unknown, to: unknown) =>
        BigInt(Math.round(dayOf(to, timeZone).diff(dayOf(from, timeZone), 'days').days)),
    },
    {
      signature: 'addDays(dyn, dyn): string',
      call: (time: unknown, days: unknown) =>
        timeOf(time, timeZone)
          .plus({ days: wholeOf(days) })
          .toUTC()
          .toISO(),
    },
    {
      signature: 'minor(dyn, string): int',
      call: (amount: unknown, currency: string) => minorIn(amount, currency),
    },
    {
      signature: 'percentOf(dyn, dyn): int',
      call: (amount: unknown, percent: unknown) =>
        BigInt(bigOf(amount).times(bigOf(percent)).div(100).round(0, Big.roundHalfUp).toFixed()),
    },
    {
      signature: 'share(dyn, dyn, dyn): int',
      call: (total: unknown, part: unknown, whole: unknown) => shareOf(total, part, whole),
    },
    {
      signature: 'least(dyn, dyn): dyn',
      call: (a: unknown, b: unknown) => (bigOf(a).lte(bigOf(b)) ? a : b),
    },
    {
      signature: 'most(dyn, dyn): dyn',
      call: (a: unknown, b: unknown) => (bigOf(a).gte(bigOf(b)) ? a : b),
    },
  ]
}

/** Midnight, so that days are counted as a calendar does, also across a change of the clock. */
function dayOf(value: unknown, timeZone: string): DateTime {
  const { year, month, day } = timeOf(value, timeZone)
  return DateTime.utc(year, month, day)
}

function timeOf(value: unknown, timeZone: string): DateTime {
  const time = typeof value === 'string' ? DateTime.fromISO(value, { zone: 'utc' }) : null
  if (!time?.isValid) throw new HaltError('not a time')
  return time.setZone(timeZone)
}

const farthestDays = 36_525

function wholeOf(value: unknown): number {
  const whole = Math.trunc(Number(value))
  if (!Number.isSafeInteger(whole) || Math.abs(whole) > farthestDays) {
    throw new HaltError('not a number of days')
  }
  return whole
}

function bigOf(value: unknown): Big {
  const isNumber = typeof value === 'bigint' || (typeof value === 'number' && isFinite(value))
  if (!isNumber) throw new HaltError('not a number')
  return new Big(String(value))
}

/** Minor units of an amount in `currency`: a decimal text, or the entry of a table by currency. */
function minorIn(amount: unknown, currency: string): bigint {
  const isTable = typeof amount === 'object' && amount !== null
  const text: unknown = isTable ? (amount as Readonly<Record<string, unknown>>)[currency] : amount
  if (typeof text !== 'string' || !/^\d{1,12}(\.\d{1,4})?$/.test(text)) {
    throw new HaltError(`no amount in ${currency}`)
  }
  const [whole = '', fraction = ''] = text.split('.')
  const digits = fraction.replace(/0+$/, '')
  if (digits.length > currencyExponent(currency)) throw new HaltError('more decimals than it has')
  return BigInt(toMinor({ amount: digits === '' ? whole : `${whole}.${digits}`, currency }))
}

function shareOf(total: unknown, part: unknown, whole: unknown): bigint {
  const of = bigOf(whole)
  if (of.lte(0) || bigOf(part).lt(0)) throw new HaltError('not a share')
  const minor = Number(bigOf(total).toFixed(0))
  return BigInt(
    proportion(minor, { part: bigOf(part).round(6).toFixed(), whole: of.round(6).toFixed() }),
  )
}
