import type { BodyFormat } from './webhook.ts'

export type ParsedBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string }

const maxDepth = 64
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a body that a stranger wrote. Never throws; what it gives back is nested at most 64 deep. */
export function parseBody(rawBody: Uint8Array, format: BodyFormat): ParsedBody {
  if (format === 'bytes') return { ok: true, value: rawBody }
  const text = decode(rawBody)
  if (text === null) return { ok: false, problem: 'the body is no UTF-8 text' }
  if (format === 'text') return { ok: true, value: text }
  if (format === 'form') return { ok: true, value: parseForm(text) }
  if (isTooDeep(rawBody)) return { ok: false, problem: `nested more than ${maxDepth} deep` }
  return parseJson(text)
}

function decode(rawBody: Uint8Array): string | null {
  try {
    return utf8.decode(rawBody)
  } catch {
    return null
  }
}

function parseForm(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

function parseJson(text: string): ParsedBody {
  try {
    // The reviver costs ten times the parsing, so it runs only where the name may be written, or spelled in escapes.
    const isSuspect = text.includes('__proto__') || text.includes('\\u')
    const value: unknown = isSuspect ? JSON.parse(text, refusePrototype) : JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    const isPrototype = error instanceof PrototypeKeyError
    return { ok: false, problem: isPrototype ? 'a key is named __proto__' : 'the body is no JSON' }
  }
}

class PrototypeKeyError extends Error {}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new PrototypeKeyError()
  return value
}

const quote = 0x22
const backslash = 0x5c

/** Counts brackets outside strings, before a parser or anything recursive sees them. */
function isTooDeep(bytes: Uint8Array): boolean {
  let depth = 0
  let isInString = false
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]
    if (isInString) {
      if (byte === backslash) index += 1
      else if (byte === quote) isInString = false
    } else if (byte === quote) isInString = true
    else if (byte === 0x7b || byte === 0x5b) depth += 1
    else if (byte === 0x7d || byte === 0x5d) depth -= 1
    if (depth > maxDepth) return true
  }
  return false
}
