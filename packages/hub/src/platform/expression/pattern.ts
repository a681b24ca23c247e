import { RE2JS } from 're2js'
import { pay } from './meter.ts'

const lengthLimit = 200
const repeatLimit = 1_000
const inputLimit = 10_000
const stepsACharacter = 3
const compiled = new Map<string, RE2JS>()
const compiledLimit = 500

/** @returns why a pattern is not taken, as the end of a sentence; null when it is. */
export function checkPattern(pattern: string): string | null {
  if (pattern.length > lengthLimit) return `takes a pattern of at most ${lengthLimit} characters`
  let repeats = 1
  for (const [, least, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    repeats *= Math.max(1, Number(least), Number(most ?? 0))
  }
  // Counted repetitions are written out when a pattern is compiled, and nested ones multiply.
  if (repeats > repeatLimit) return `takes repetitions up to ${repeatLimit} in all`
  try {
    RE2JS.compile(pattern)
    return null
  } catch {
    return 'has a pattern that cannot be read'
  }
}

/** Whether a pattern, which `checkPattern` has taken, is found in a text; in time linear to its length. @throws {TooCostlyError} */
export function matchesPattern(text: unknown, pattern: string): boolean {
  if (typeof text !== 'string') return false
  const searched = text.slice(0, inputLimit)
  pay(searched.length * stepsACharacter)
  return compile(pattern).matcher(searched).find()
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known) return known
  if (compiled.size >= compiledLimit) compiled.clear()
  const made = RE2JS.compile(pattern)
  compiled.set(pattern, made)
  return made
}
