import { type DeliveryContact, TerminalError } from '@backhaul/sdk/connector'
import { z } from 'zod'

const text = (max: number) => z.string().trim().min(1).max(max)

/** A whole postal address: where returns go. */
const returnAddress = z.object({
  name: text(100).describe('Of the warehouse, or the person there.'),
  company: text(100).optional(),
  street: text(100),
  street2: text(100).optional(),
  city: text(100),
  region: text(100).optional().describe('State or province, as the carriers write it: TX, ON.'),
  postalCode: text(30).optional().describe('Left out only in countries without postal codes.'),
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166'),
  phone: text(30).optional().describe('Some carriers make no label without one.'),
  email: z.email().max(200).optional(),
})
export type ReturnAddress = z.output<typeof returnAddress>

export const returnAddresses = z
  .record(z.string().min(1).max(64), returnAddress)
  .refine((addresses) => Object.keys(addresses).length > 0, 'needs at least one address')
  .describe('Where returns go, by warehouse of the hub; `*` for all others.')

/** The customer's address, with all that carriers insist on. */
export interface SenderAddress {
  readonly name: string
  readonly email: string | undefined
  readonly street: string
  readonly city: string
  readonly region: string | undefined
  readonly postalCode: string | undefined
  readonly country: string
}

type AddressField = 'name' | 'street' | 'city' | 'postalCode' | 'region' | 'country'

/** Countries of the returns at hand whose carriers make no label without a region or a postal code. */
const withRegion: ReadonlySet<string> = new Set(['US', 'CA', 'AU'])
const withoutPostalCode: ReadonlySet<string> = new Set(['AE', 'HK', 'IE', 'PA', 'QA'])

/**
 * Who sends the parcel, and from where.
 *
 * @throws {TerminalError} ADDRESS_INCOMPLETE, with the names of the fields that are missing, never their values.
 */
export function senderAddress(contact: DeliveryContact | undefined): SenderAddress {
  const given = contact?.address ?? {}
  const at = (field: AddressField) => given[field]?.trim() || undefined
  const name = at('name') ?? (contact?.name?.trim() || undefined)
  const [street, city, country] = [at('street'), at('city'), at('country')?.toUpperCase()]
  const [region, postalCode] = [at('region'), at('postalCode')]
  const missing = [
    ...(name === undefined ? ['name'] : []),
    ...(street === undefined ? ['street'] : []),
    ...(city === undefined ? ['city'] : []),
    ...(country === undefined ? ['country'] : []),
    ...(region === undefined && withRegion.has(country ?? '') ? ['region'] : []),
    ...(postalCode === undefined && !withoutPostalCode.has(country ?? '') ? ['postalCode'] : []),
  ]
  if (name && street && city && country && missing.length === 0) {
    return { name, email: contact?.email, street, city, region, postalCode, country }
  }
  throw new TerminalError({
    code: 'ADDRESS_INCOMPLETE',
    reason: `the customer's address has no ${missing.join(', no ')}`,
    exception: 'LG01',
  })
}

/**
 * Where the parcel goes: the address of its warehouse, or the one for all others.
 *
 * @throws {TerminalError} RETURN_ADDRESS_MISSING.
 */
export function addressOfWarehouse(
  addresses: Readonly<Record<string, ReturnAddress>>,
  warehouse: string | undefined,
): ReturnAddress {
  const own = warehouse === undefined ? undefined : addresses[warehouse]
  const found = own ?? addresses['*']
  if (found) return found
  throw new TerminalError({
    code: 'RETURN_ADDRESS_MISSING',
    reason: `the connection has no return address for ${warehouse ?? 'returns without a warehouse'}`,
    exception: 'LG01',
  })
}
