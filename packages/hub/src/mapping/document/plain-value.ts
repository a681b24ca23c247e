import { NoValue } from './no-value.ts'

const depthLimit = 40
const partLimit = 20_000

/**
 * A value of the expression language as JSON has it: whole numbers as numbers, or as texts where a double
 * does not hold them; times as ISO 8601; options as what is in them.
 */
export function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return plainInteger(value)
  if (typeof value !== 'object' || value === null) return value
  try {
    return plainObject(value, { parts: 0, depth: 0 })
  } catch {
    return new NoValue('its value is too large, or of a kind that no field takes', true)
  }
}

interface Walk {
  parts: number
  depth: number
}

function plainInteger(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

function plain(value: unknown, walk: Walk): unknown {
  if (typeof value === 'bigint') return plainInteger(value)
  return typeof value === 'object' && value !== null ? plainObject(value, walk) : value
}

function plainObject(value: object, walk: Walk): unknown {
  walk.parts += 1
  if (walk.parts > partLimit || walk.depth > depthLimit) throw new RangeError('too large')
  if (value instanceof Date) return value.toISOString()
  if (isOptional(value)) return value.hasValue() ? plain(value.value(), walk) : undefined
  if (!Array.isArray(value) && !(value instanceof Map) && !isPlainObject(value)) {
    const unsigned: unknown = value.valueOf()
    if (typeof unsigned === 'bigint') return plainInteger(unsigned)
    throw new TypeError('no JSON')
  }
  walk.depth += 1
  const made = Array.isArray(value)
    ? value.map((item) => plain(item, walk))
    : Object.fromEntries(entriesOf(value).map(([name, item]) => [name, plain(item, walk)]))
  walk.depth -= 1
  return made
}

function entriesOf(value: object): [string, unknown][] {
  if (value instanceof Map) return [...value].map(([name, item]) => [String(name), item])
  return Object.entries(value)
}

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function isOptional(value: object): value is { hasValue(): boolean; value(): unknown } {
  return !Object.hasOwn(value, 'hasValue') && 'hasValue' in value
}
