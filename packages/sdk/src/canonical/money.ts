import { z } from 'zod'

/** Currencies whose minor unit is not a hundredth (ISO 4217, column "minor unit"). */
// biome-ignore format: a table
const unusualExponents: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0,
  UGX: 0, UYI: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
}

const codes =
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG'
const knownCurrencies: ReadonlySet<string> = new Set(codes.split(' '))

/** Digits after the point of a currency's major unit, for example 2 for EUR and 0 for JPY. */
export function currencyExponent(currency: string): number {
  return unusualExponents[currency] ?? 2
}

/** Whether `code` is an active ISO 4217 currency. */
export function isCurrency(code: string): boolean {
  return knownCurrencies.has(code)
}

/** An active ISO 4217 code in capitals. */
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR')
  .refine(isCurrency, 'not an active ISO 4217 currency')
  .meta({ id: 'CurrencyCode', description: 'ISO 4217 currency code.', examples: ['EUR'] })

/** At most 12 digits before the point: minor units stay exact in a double and far inside a bigint column. */
const decimalAmount = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,4})?$/, 'a decimal string such as "120.50"')

/** An amount in a currency's major unit, as a decimal string; never a float. */
export const money = z
  .object({ amount: decimalAmount, currency: currencyCode })
  .refine(({ amount, currency }) => decimalsOf(amount) <= currencyExponent(currency), {
    message: 'more decimals than the currency has',
    path: ['amount'],
  })
  .meta({
    id: 'Money',
    description: 'An amount as a decimal string in the major unit, with its currency.',
    examples: [{ amount: '120.50', currency: 'EUR' }],
  })
export type Money = z.infer<typeof money>

function decimalsOf(amount: string): number {
  const point = amount.indexOf('.')
  return point < 0 ? 0 : amount.length - point - 1
}

/**
 * Integer minor units of a wire amount, for example 12050 for `{amount: '120.50', currency: 'EUR'}`.
 *
 * @throws {RangeError} when the amount has more decimals than the currency or is not a decimal.
 */
export function toMinor({ amount, currency }: Money): number {
  const exponent = currencyExponent(currency)
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,4}))?$/.exec(amount)
  const fraction = match?.[3] ?? ''
  if (!match || fraction.length > exponent) throw new RangeError('not an amount in this currency')
  const minor = Number(`${match[2]}${fraction.padEnd(exponent, '0')}`)
  // `+ 0` turns a negative zero into zero.
  return (match[1] === '-' ? -minor : minor) + 0
}

/** The wire form of integer minor units, always with all the currency's decimals. */
export function fromMinor(minor: number, currency: string): Money {
  if (!Number.isSafeInteger(minor)) throw new RangeError('minor units must be a safe integer')
  const exponent = currencyExponent(currency)
  const digits = String(Math.abs(minor)).padStart(exponent + 1, '0')
  const sign = minor < 0 ? '-' : ''
  const whole = digits.slice(0, digits.length - exponent)
  const amount = exponent === 0 ? whole : `${whole}.${digits.slice(-exponent)}`
  return { amount: `${sign}${amount}`, currency }
}
