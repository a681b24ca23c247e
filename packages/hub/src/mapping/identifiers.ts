import { normalizeGtin } from '@backhaul/sdk/canonical'
import { sha256 } from '../platform/crypto/hash.ts'

/** Kinds of identifiers of parties whose values say who somebody is. */
const personalKinds: ReadonlySet<string> = new Set(['email', 'phone'])

/**
 * An identifier in the form in which it is stored and looked up, or null for what cannot be one. Ids are
 * taken to the letter; a GTIN has 14 digits; whatever else compares without regard to case and to blanks
 * around and repeated within it. What is personal becomes a digest: it is looked up, and never read.
 */
export function valueKey(kind: string, value: string): string | null {
  if (kind === 'id') return value.trim() || null
  if (kind === 'gtin') return normalizeGtin(value)
  const key = value.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase()
  if (key === '') return null
  return isPersonal(kind) ? sha256(`${kind} ${key}`).toString('base64url') : key
}

/** Whether values of the kind are kept as digests. */
export function isPersonal(kind: string): boolean {
  return personalKinds.has(kind)
}

/** What a person who has only a value could mean by it: each form of it, with the kinds that have this form. */
export function searchKeys(
  value: string,
): { readonly valueKey: string; readonly kinds: string[] }[] {
  const forms = [
    { valueKey: valueKey('id', value), kinds: ['id'] },
    { valueKey: valueKey('sku', value), kinds: ['sku', 'channel_sku', 'customer_part_no'] },
    { valueKey: valueKey('gtin', value), kinds: ['gtin'] },
  ]
  return forms.flatMap(({ valueKey: key, kinds }) =>
    key === null ? [] : [{ valueKey: key, kinds }],
  )
}
