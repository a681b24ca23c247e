import { isUtf8 } from 'node:buffer'
import { type FieldProblem, HubError } from '../../platform/errors.ts'

/** Deeper than any document of ours, and far from what any recursion over it could not bear. */
const maxDepth = 64
/** Values in one document; a full batch of events has some tens of thousands. */
const maxValues = 100_000
/** Keys of one object; those of ours have some tens. */
const maxKeys = 1_000
/** Names that reach an object's prototype when a document is copied carelessly. None is a field of ours. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Reads a JSON document that a stranger wrote, strictly: what could be understood in two ways, or would
 * not come back out of the database as it went in, is refused.
 *
 * @throws {HubError} MALFORMED_BODY for what is no UTF-8, no JSON, nested too deep or too large;
 *   VALIDATION_FAILED for a key that stands twice or is forbidden, a number that a double cannot hold,
 *   and text with U+0000 or half a surrogate pair.
 */
export function readJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw malformed('The body is not UTF-8 text.')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw malformed('The body begins with a byte order mark.')
  }
  const text = bytes.toString('utf8')
  const problem = new Scan(text).run()
  const value = parse(text)
  if (problem !== null) throw refused(problem)
  // Bytes that are UTF-8 can hold these two only in escapes.
  const found = text.includes('\\u') ? findUnstorable(value, '') : null
  if (found !== null) throw refused(found)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('The body is not JSON.')
  }
}

function malformed(message: string): HubError {
  return new HubError('MALFORMED_BODY', message)
}

function refused(problem: FieldProblem): HubError {
  return new HubError('VALIDATION_FAILED', 'The document cannot be taken as it is.', {
    problems: [problem],
  })
}

/** An object or array that the scan is in. */
interface Level {
  /** Null for an array. A second key makes the set; most are looked up never. */
  readonly keys: Set<string> | null
  isKeyNext: boolean
  key: string
  index: number
}

const number = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y

/**
 * One pass over a document's text before it is parsed, which takes any text: whether it is JSON at all is
 * for the parser to say.
 */
class Scan {
  readonly #text: string
  readonly #levels: Level[] = []
  #values = 0
  #problem: FieldProblem | null = null

  constructor(text: string) {
    this.#text = text
  }

  /** @returns the first problem with a field. @throws {HubError} MALFORMED_BODY for too deep or too large. */
  run(): FieldProblem | null {
    const text = this.#text
    for (let at = 0; at < text.length && this.#problem === null; at += 1) {
      const code = text.charCodeAt(at)
      if (code === 0x22) at = this.#string(at)
      else if (code === 0x7b || code === 0x5b) this.#open(code === 0x7b)
      else if (code === 0x7d || code === 0x5d) this.#levels.pop()
      else if (code === 0x2c) this.#next()
      else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) at = this.#number(at)
    }
    return this.#problem
  }

  #open(isObject: boolean): void {
    this.#count()
    if (this.#levels.length >= maxDepth)
      throw malformed(`The body is nested more than ${maxDepth} deep.`)
    this.#levels.push({ keys: isObject ? new Set() : null, isKeyNext: isObject, key: '', index: 0 })
  }

  #next(): void {
    this.#count()
    const level = this.#levels.at(-1)
    if (level === undefined) return
    if (level.keys === null) level.index += 1
    else level.isKeyNext = true
  }

  #count(): void {
    this.#values += 1
    if (this.#values > maxValues) throw malformed(`The body holds more than ${maxValues} values.`)
  }

  /** @returns the place of the closing quote. */
  #string(start: number): number {
    const text = this.#text
    let end = text.indexOf('"', start + 1)
    let isEscaped = false
    while (end > 0 && isQuoteEscaped(text, end)) {
      isEscaped = true
      end = text.indexOf('"', end + 1)
    }
    if (end < 0) return text.length
    const level = this.#levels.at(-1)
    if (level?.isKeyNext && level.keys) {
      level.isKeyNext = false
      const raw = text.slice(start + 1, end)
      this.#key(level, level.keys, isEscaped || raw.includes('\\') ? unescapeKey(raw) : raw)
    }
    return end
  }

  #key(level: Level, keys: Set<string>, key: string): void {
    level.key = key
    if (forbiddenKeys.has(key))
      this.#problemHere('forbidden_key', 'a key of this name is not taken')
    else if (keys.has(key)) this.#problemHere('duplicate_key', 'the key stands here twice')
    else keys.add(key)
    if (keys.size > maxKeys) throw malformed(`An object holds more than ${maxKeys} keys.`)
  }

  /** @returns the place of its last character. */
  #number(start: number): number {
    number.lastIndex = start
    const [literal = ''] = number.exec(this.#text) ?? []
    if (literal === '') return start
    const isInteger = !/[.eE]/.test(literal)
    const value = Number(literal)
    if (isInteger && literal.length > 15 && !Number.isSafeInteger(value)) {
      this.#problemHere('number_out_of_range', 'a number beyond 2^53 has to be a string')
    } else if (!Number.isFinite(value)) {
      this.#problemHere('number_out_of_range', 'the number is too large')
    }
    return start + literal.length - 1
  }

  #problemHere(code: string, message: string): void {
    const pointer = this.#levels
      .map(({ keys, key, index }) => `/${keys === null ? index : escapePointer(key)}`)
      .join('')
    this.#problem = { pointer: pointer.slice(0, 300), code, message }
  }
}

function isQuoteEscaped(text: string, quoteAt: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(quoteAt - 1 - backslashes) === 0x5c) backslashes += 1
  return backslashes % 2 === 1
}

function unescapeKey(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string
  } catch {
    // No JSON: the parser will say so.
    return raw
  }
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** Finds text that PostgreSQL does not take, or that is not Unicode. As deep as the scan let it be. */
function findUnstorable(value: unknown, pointer: string): FieldProblem | null {
  if (typeof value === 'string') return isStorable(value) ? null : unstorable(pointer)
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    const below = `${pointer}/${escapePointer(key)}`
    if (!isStorable(key)) return unstorable(pointer)
    const found = findUnstorable(item, below)
    if (found !== null) return found
  }
  return null
}

const loneSurrogate = /\p{Surrogate}/u

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && !loneSurrogate.test(text)
}

function unstorable(pointer: string): FieldProblem {
  const message = 'must be Unicode text without U+0000'
  return { pointer: pointer.slice(0, 300), code: 'invalid_text', message }
}
