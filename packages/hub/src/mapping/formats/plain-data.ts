import { FormatError } from './format-problem.ts'
import { maxDepth, maxNodes } from './limits.ts'
import { isStorable } from './read-text.ts'

type Scalar = string | number | boolean | null
export type Plain = Scalar | readonly Plain[] | PlainObject
export interface PlainObject {
  readonly [key: string]: Plain
}

/**
 * What every format can be written from: a copy of a value without fields that are undefined, its integers
 * of arbitrary size as numbers where they are safe and as strings where not.
 *
 * @throws {FormatError} for what is no data (functions, dates, maps), not a number, text that is no Unicode,
 *   and what is nested too deep, so also for a value that contains itself.
 */
export function toPlain(value: unknown): Plain {
  return new Copy().of(value, 0)
}

class Copy {
  #nodes = 0

  of(value: unknown, depth: number): Plain {
    this.#nodes += 1
    if (this.#nodes > maxNodes) throw new FormatError(`more than ${maxNodes} values`)
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return storable(value)
    if (typeof value === 'boolean') return value
    if (typeof value === 'bigint') return exact(value)
    if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw new FormatError('a value is not a number')
      return value
    }
    if (typeof value !== 'object') throw new FormatError('a value is no data')
    if (depth >= maxDepth) throw new FormatError(`nested more than ${maxDepth} deep`)
    if (Array.isArray(value)) return value.map((item) => this.of(item, depth + 1))
    return this.#object(value, depth)
  }

  #object(value: object, depth: number): PlainObject {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== null && prototype !== Object.prototype)
      throw new FormatError('a value is no data')
    const copy: Record<string, Plain> = {}
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue
      if (key === '__proto__') throw new FormatError('a key is named __proto__')
      copy[storable(key)] = this.of(item, depth + 1)
    }
    return copy
  }
}

function exact(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function storable(text: string): string {
  if (!isStorable(text)) throw new FormatError('a text holds U+0000 or half a surrogate pair')
  return text
}

export function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value)
}

/** A scalar as text; null, and what is not there, as nothing. @throws {FormatError} for anything else. */
export function textOf(value: Plain | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'object')
    throw new FormatError('a list or object stands where text is written')
  return String(value)
}
