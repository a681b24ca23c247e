import { isCurrency } from '@backhaul/sdk/canonical'
import { type TimeShape, timeShapeOf } from './time-shape.ts'

/** What the values of a field look like, all of them or nearly so. Says nothing of a single value. */
export interface ValueShape {
  readonly isText: boolean
  readonly isNumber: boolean
  readonly isInteger: boolean
  readonly isBoolean: boolean
  /** The sign before decimals, where any value has one. */
  readonly point: '.' | ',' | null
  readonly time: TimeShape | null
  readonly isGtin: boolean
  readonly isCurrency: boolean
  readonly isEmail: boolean
  readonly isUrl: boolean
  readonly isUnit: boolean
  readonly isTracking: boolean
  readonly isCountry: boolean
  readonly isLanguage: boolean
  /** Texts with blanks in them, as people write. */
  readonly isProse: boolean
  /** Different values, in relation to all. */
  readonly variety: number
  readonly distinct: number
  readonly longest: number
}

/** One value in so many may be a slip. */
const share = 0.95

/** @param counts - values as texts, with how often each stands there; nothing empty. */
export function shapeOf(counts: ReadonlyMap<string, number>, seen: number): ValueShape {
  const values = [...counts.keys()].map((value) => value.trim())
  const are = (test: (value: string) => boolean) =>
    values.length > 0 && values.filter(test).length >= values.length * share
  const isNumber = are((value) => decimal.test(value))
  return {
    isText: values.length > 0 && !isNumber,
    isNumber,
    isInteger: are((value) => /^-?\d+$/.test(value)),
    isBoolean: are((value) => booleans.has(value.toLowerCase())),
    point: isNumber ? pointOf(values) : null,
    time: timeShapeOf(values),
    isGtin: are(isGtin),
    isCurrency: are((value) => isCurrency(value.toUpperCase())),
    isEmail: are((value) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(value)),
    isUrl: are((value) => /^https?:\/\/\S+$/i.test(value)),
    isUnit: are((value) => units.has(value.toLowerCase().replace(/\.$/, ''))),
    isTracking: are(isTracking),
    isCountry: are((value) => /^[A-Z]{2}$/.test(value)),
    isLanguage: are((value) => /^[a-z]{2}([-_][A-Za-z]{2})?$/.test(value)),
    isProse: are((value) => !/^\S+$/.test(value)),
    variety: seen === 0 ? 0 : values.length / seen,
    distinct: values.length,
    longest: Math.max(0, ...values.map((value) => value.length)),
  }
}

const decimal = /^[+-]?\d{1,15}([.,'’ ]\d{3})*([.,]\d{1,6})?$/
const booleans: ReadonlySet<string> = new Set(
  'true false yes no y n ja nein oui non si sì sí j o t f'.split(' '),
)
const units: ReadonlySet<string> = new Set(
  'ea each pc pcs pce pieces piece st stk stck stueck stück stuks pz pezzi pezzo ud uds unidad unidades u unite unités unité unités c62 h87 cs case karton krt ktn ct carton box bx pal pallet palette pair paar pr kg kgm g m mtr l ltr set doos stuk paquet pack pk kiste'.split(
    ' ',
  ),
)

/**
 * Before decimals stands the sign that comes last in a number with two kinds; alone, one that is not
 * followed by just three digits everywhere.
 */
function pointOf(values: readonly string[]): '.' | ',' | null {
  const isPoint = (point: '.' | ',') =>
    values.some((value) => {
      const match = /([.,])(\d+)$/.exec(value)
      if (match?.[1] !== point) return false
      return match[2]?.length !== 3 || value.includes(point === ',' ? '.' : ',')
    })
  if (isPoint(',')) return ','
  return isPoint('.') ? '.' : null
}

/** GTIN-8, -12, -13 or -14, whose last digit is right (GS1 General Specifications, 7.9). */
function isGtin(value: string): boolean {
  if (!/^(\d{8}|\d{12,14})$/.test(value)) return false
  const digits = value.split('').map(Number).toReversed()
  const sum = digits
    .slice(1)
    .reduce((total, digit, index) => total + digit * (index % 2 ? 1 : 3), 0)
  return (10 - (sum % 10)) % 10 === digits[0]
}

/** Long numbers of carriers, with or without letters; an order number can look the same. */
function isTracking(value: string): boolean {
  const text = value.replaceAll(' ', '')
  if (/^1Z[0-9A-Z]{16}$/.test(text) || /^[A-Z]{2}\d{9}[A-Z]{2}$/.test(text)) return true
  return /^(?=.*\d{8})[A-Z0-9]{10,30}$/.test(text)
}
