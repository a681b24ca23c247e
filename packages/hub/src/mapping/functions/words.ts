import { HaltError } from '../../platform/expression/language.ts'
import type { Found, ProductIdKind, ProductWords } from '../words.ts'
import type { MappingFunction } from './mapping-function.ts'
import { isNothing, textOf } from './scalars.ts'
import { currentRun, failUnmapped } from './seat.ts'

/** Fields of a product's contract that say the same as a kind of identifier. */
const productFields = {
  id: 'erpId',
  sku: 'sku',
  gtin: 'gtin',
  channel_sku: 'channelSku',
  customer_part_no: 'customerPartNo',
} as const satisfies Record<ProductIdKind, string>

export const productKinds = Object.keys(productFields) as readonly ProductIdKind[]

const valueLimit = 300

export const wordFunctions: readonly MappingFunction[] = [
  {
    name: 'vocabulary',
    signatures: ['vocabulary(string, dyn): dyn'],
    does: 'The canonical word for a word of the source; in an outbound document the other way round. Nothing for nothing. A word that nobody has translated parks the message, whatever default the field has.',
    example: { expression: 'vocabulary("reason", record.reason)', result: '"defective_consumer"' },
    call: vocabulary,
  },
  {
    name: 'unit',
    signatures: ['unit(dyn): dyn'],
    does: 'The same as vocabulary("unit", value).',
    example: { expression: 'unit(line.uom)', result: '"CS"' },
    call: (value: unknown) => vocabulary('unit', value),
  },
  {
    name: 'product',
    signatures: ['product(string, dyn): dyn'],
    does: 'A product by an identifier of the kind id, sku, gtin, channel_sku or customer_part_no, as contracts write a product. One that nobody knows, or that more than one has, parks the message; before products were synchronized for the first time the identifier is passed on as it is.',
    example: {
      expression: 'product("sku", line.sku)',
      result: '{"sku": "PUMP-12V", "erpId": "42", "name": "Pump 12 V"}',
    },
    call: product,
  },
  {
    name: 'party',
    signatures: ['party(string, dyn): dyn'],
    does: 'A customer by an identifier of a kind, such as account or email, as contracts write one: {partyId, commercialPartyId, name}. Unknown and ambiguous ones as with product.',
    example: {
      expression: 'party("account", record.buyer.id).partyId',
      result: '"C-77"',
    },
    call: party,
  },
]

/** @throws {HaltError} */
export function vocabulary(name: string, value: unknown): string | null {
  const text = wordOf(value)
  if (text === null) return null
  const { words, wordScope, isOutbound } = currentRun()
  const found = isOutbound
    ? words.express(name, text, wordScope)
    : words.translate(name, text, wordScope)
  return found ?? failUnmapped(name, text)
}

function product(kind: string, value: unknown): Record<string, string> | null {
  const text = wordOf(value)
  if (text === null) return null
  const productKind = productKinds.find((one) => one === kind)
  if (!productKind) throw new HaltError(`knows the kinds ${productKinds.join(', ')}`)
  const named = { [productFields[productKind]]: text }
  const found = findProduct(productKind, text)
  if (!found) return named
  const { productId, sku, gtin, name } = found
  return {
    ...(sku === null ? {} : { sku }),
    ...(gtin === null ? {} : { gtin }),
    ...named,
    erpId: productId,
    ...(name === null ? {} : { name }),
  }
}

/** What is known of a product; null before any product is. @throws {UnknownWordError} */
export function findProduct(kind: ProductIdKind, value: string): ProductWords | null {
  const { words, wordScope } = currentRun()
  const found = words.product(kind, value, wordScope)
  return settle(found, { isComplete: words.knowsProducts, vocabulary: `product:${kind}`, value })
}

function party(kind: string, value: unknown): Record<string, string> | null {
  const text = wordOf(value)
  if (text === null) return null
  const { words, wordScope } = currentRun()
  const found = settle(words.party(kind, text, wordScope), {
    isComplete: words.knowsParties,
    vocabulary: `party:${kind}`,
    value: text,
  })
  if (!found) return { partyId: text }
  const { partyId, commercialPartyId, name } = found
  return {
    partyId,
    ...(commercialPartyId === null ? {} : { commercialPartyId }),
    ...(name === null ? {} : { name }),
  }
}

function settle<T>(
  found: Found<T>,
  asked: { readonly isComplete: boolean; readonly vocabulary: string; readonly value: string },
): T | null {
  if (found.kind === 'found') return found.value
  if (found.kind === 'unknown' && !asked.isComplete) return null
  return failUnmapped(asked.vocabulary, asked.value)
}

function wordOf(value: unknown): string | null {
  if (isNothing(value)) return null
  const text = textOf(value).trim()
  if (text.length > valueLimit) throw new HaltError(`takes at most ${valueLimit} characters`)
  return text === '' ? null : text
}
