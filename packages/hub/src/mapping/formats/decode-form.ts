import { FormatError } from './format-problem.ts'
import { maxFormFields, maxTextLength } from './limits.ts'
import { isStorable, readText } from './read-text.ts'

/**
 * Reads `application/x-www-form-urlencoded`: strings by name, and a list of them where a name is repeated.
 * Names stay as they are written, brackets included. Escapes that are no UTF-8 become U+FFFD.
 *
 * @throws {FormatError}
 */
export function decodeForm(bytes: Uint8Array): Record<string, string | string[]> {
  const text = readText(bytes)
  refuseTooMany(text)
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    refuseUnfit(name, value)
    const before = fields.get(name)
    if (before === undefined) fields.set(name, value)
    else if (Array.isArray(before)) before.push(value)
    else fields.set(name, [before, value])
  }
  return Object.fromEntries(fields)
}

function refuseTooMany(text: string): void {
  let count = 1
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) count += 1
  if (count > maxFormFields) throw new FormatError(`the form has more than ${maxFormFields} fields`)
}

function refuseUnfit(name: string, value: string): void {
  if (name === '__proto__') throw new FormatError('a field is named __proto__')
  if (name.length > maxTextLength || value.length > maxTextLength) {
    throw new FormatError(`a field has more than ${maxTextLength} characters`)
  }
  if (!isStorable(name) || !isStorable(value)) throw new FormatError('a field holds U+0000')
}
