import { isObject } from './rows.ts'

/** A value as Python's `repr` writes it, for messages that quote what was sent. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, one]) => `${repr(key)}: ${repr(one)}`)
    .join(', ')}}`
}

/** A tuple as Python's `repr` writes it. */
export const reprTuple = (values: readonly unknown[]): string => `(${values.map(repr).join(', ')})`

/** Rounds half away from zero, as Odoo rounds money and quantities. */
export function roundTo(value: number, digits: number): number {
  const factor = 10 ** digits
  const scaled = Math.abs(value) * factor
  // Binary fractions fall short of the half that their decimals stand for.
  const rounded = Math.floor(scaled + 0.5 + scaled * 4 * Number.EPSILON)
  return rounded === 0 ? 0 : (Math.sign(value) * rounded) / factor
}
