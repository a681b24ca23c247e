/** The id of a record, or `false` where there is none: Odoo has no null here. */
export type Many2one = number | false

/** Text, or `false` where there is none. */
export type Text = string | false

/** One record as it is stored: links are ids, date-times text in UTC, money and quantities numbers. */
export interface Row {
  readonly id: number
  [field: string]: unknown
}

/** What is given for a record, by field. */
export type Values = Readonly<Record<string, unknown>>

/** The context of a call. */
export type Context = Readonly<Record<string, unknown>>

/** Says whether `value` is an object with named members, which JSON's lists are not. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The whole numbers among what was sent as ids; what is none of them names no record. */
export function asIds(value: unknown): number[] {
  if (typeof value === 'number') return [value]
  if (!Array.isArray(value)) return []
  return value.filter((one): one is number => typeof one === 'number' && Number.isInteger(one))
}

/** Text as it is, and nothing for what is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
