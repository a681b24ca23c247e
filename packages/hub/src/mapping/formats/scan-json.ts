import { FormatError, placeOf } from './format-problem.ts'
import { JsonShapes } from './json-shapes.ts'
import { maxDepth, maxExactNumbers, maxKeys, maxNodes, maxTextLength } from './limits.ts'

/** What has to be known of a JSON text before it is parsed. */
export interface JsonScan {
  /** How many keys are written, repeated ones included. */
  readonly keys: number
  /** Start and end, one after another, of every number that a double might change. */
  readonly riskyNumbers: readonly number[]
}

/** Digits that any double keeps. */
const safeDigits = 15
/** Up to so many keys nothing is counted of them but that: whatever they are, they cost little. */
const fewKeys = 10_000

const quote = 0x22
const backslash = 0x5c

/**
 * One pass over a text that may be no JSON at all; the parser says so afterwards.
 *
 * @throws {FormatError} for what is over a limit.
 */
export function scanJson(text: string): JsonScan {
  const riskyNumbers: number[] = []
  const shapes = new JsonShapes()
  let [depth, nodes, keys] = [0, 0, 0]
  let [textStart, textEnd] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      textStart = at
      at = endOfText(text, at)
      textEnd = at
    } else if (code === 0x7b || code === 0x5b) {
      nodes += 1
      depth += 1
      if (depth > maxDepth) throw over(`nested more than ${maxDepth} deep`, text, at)
    } else if (code === 0x7d || code === 0x5d) {
      if (keys > fewKeys) shapes.end(depth)
      depth -= 1
    } else if (code === 0x2c) nodes += 1
    else if (code === 0x3a) {
      nodes += 1
      keys += 1
      if (keys > fewKeys) shapes.key(depth, text.slice(textStart, textEnd))
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOfNumber(text, at)
      if (isRisky(text, at, end)) riskyNumbers.push(at, end)
      at = end - 1
    }
    if (nodes > maxNodes) throw over(`more than ${maxNodes} values`, text, at)
    if (keys > maxKeys) throw over(`more than ${maxKeys} keys`, text, at)
    if (keys > fewKeys && shapes.isOver) throw over('too many different objects', text, at)
    if (riskyNumbers.length > 2 * maxExactNumbers) throw over('too many long numbers', text, at)
  }
  return { keys, riskyNumbers }
}

function over(what: string, text: string, at: number): FormatError {
  return new FormatError(`the document has ${what}`, placeOf(text, at))
}

/** The place of the closing quote, or the end where there is none. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === quote) break
    at += code === backslash ? 2 : 1
  }
  if (at - start > maxTextLength + 1) {
    throw over(`a text of more than ${maxTextLength} characters`, text, start)
  }
  return at
}

/** The place after the last character that a number may hold. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    const isPart = (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d
    if (!isPart && code !== 0x2e && code !== 0x45 && code !== 0x65) break
  }
  return at
}

function isRisky(text: string, start: number, end: number): boolean {
  if (end - start > safeDigits) return true
  for (let at = start; at < end; at += 1) {
    // An exponent, in either case.
    if ((text.charCodeAt(at) | 0x20) === 0x65) return true
  }
  return false
}
