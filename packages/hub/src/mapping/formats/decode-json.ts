import { isSafeNumber } from 'lossless-json'
import { FormatError, placeOf } from './format-problem.ts'
import { isStorable, readText } from './read-text.ts'
import { scanJson } from './scan-json.ts'

/**
 * Reads JSON in UTF-8. A number that a double would change (more than 15 digits that count, an integer
 * beyond 2^53, 1e400) comes out as a string of what was written; any other is a number. Refused, since it
 * could be understood in two ways or would not come back from a database as it went in: a key that stands
 * twice in an object, a key `__proto__`, U+0000 and half a surrogate pair.
 *
 * @throws {FormatError}
 */
export function decodeJson(bytes: Uint8Array): unknown {
  const text = readText(bytes)
  const { keys, riskyNumbers } = scanJson(text)
  const value = withExactNumbers(text, riskyNumbers, parse(text))
  const isSuspect = text.includes('__proto__') || text.includes('\\u')
  if (countKeys(value) !== keys) throw repeatedKey(text)
  if (isSuspect) refuseUnfit(value)
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser names the place where it knows one. The rest of its message quotes the document.
    const position = /at position (\d+)/.exec(String(error))?.[1]
    const place = position === undefined ? {} : placeOf(text, Number(position))
    throw new FormatError('the document is no JSON', place)
  }
}

/** Parses again, with quotes around the numbers that would change. That it is JSON has been seen by now. */
function withExactNumbers(text: string, risky: readonly number[], value: unknown): unknown {
  let quoted = ''
  let from = 0
  for (let index = 0; index < risky.length; index += 2) {
    const [start = 0, end = 0] = [risky[index], risky[index + 1]]
    const literal = text.slice(start, end)
    if (isSafeNumber(literal)) continue
    quoted += `${text.slice(from, start)}"${literal}"`
    from = end
  }
  return from === 0 ? value : JSON.parse(quoted + text.slice(from))
}

/** Keys that a parser kept: fewer than were written when one stands twice. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item)
    return count
  }
  const fields = value as Record<string, unknown>
  for (const key in fields) count += 1 + countKeys(fields[key])
  return count
}

function refuseUnfit(value: unknown): void {
  if (typeof value === 'string' && !isStorable(value)) throw unstorable()
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') throw new FormatError('a key is named __proto__')
    if (!isStorable(key)) throw unstorable()
    refuseUnfit(item)
  }
}

function unstorable(): FormatError {
  return new FormatError('a text holds U+0000 or half a surrogate pair')
}

/** Longer documents are refused without the place: what is refused shall cost no more than what is taken. */
const maxSearchedLength = 200_000
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** Finds the key that stands twice, in a text that is JSON. */
function repeatedKey(text: string): FormatError {
  const message = 'a key stands twice in one object'
  if (text.length > maxSearchedLength) return new FormatError(message)
  const levels: Set<string>[] = []
  let last = { literal: '', at: 0 }
  for (const { 0: literal, index: at } of text.matchAll(token)) {
    if (literal === '{' || literal === '[') levels.push(new Set())
    else if (literal === '}' || literal === ']') levels.pop()
    else if (literal === ':') {
      const key: string = JSON.parse(last.literal)
      const keys = levels.at(-1)
      if (keys?.has(key)) return new FormatError(message, placeOf(text, last.at))
      keys?.add(key)
    }
    last = { literal, at }
  }
  return new FormatError(message)
}
