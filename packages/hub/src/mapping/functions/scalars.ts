import { Big } from 'big.js'
import { HaltError } from '../../platform/expression/language.ts'

const decimalPattern = /^[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})$/

/** Whether there is nothing: null, or a text without a character. */
export function isNothing(value: unknown): value is null | undefined | '' {
  return value === null || value === undefined || value === ''
}

/** A scalar as a text. @throws {HaltError} for lists, groups and numbers without end. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return numberText(value)
  throw new HaltError('takes a text or a number')
}

/** A number without an exponent. */
export function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value + 0) : new Big(value).toFixed()
}

/** An exact decimal. @throws {HaltError} for what is none, or longer than any amount. */
export function decimalOf(value: unknown): Big {
  const text = textOf(value).trim()
  if (!decimalPattern.test(text)) throw new HaltError('takes a decimal number')
  return new Big(
    text.startsWith('+') ? text.slice(1) : text.endsWith('.') ? text.slice(0, -1) : text,
  )
}
