import { FormatError } from './format-problem.ts'
import { isList, isObject, type Plain, textOf } from './plain-data.ts'

/**
 * Writes `{ name: text }` as `application/x-www-form-urlencoded`; a list repeats its name, null is left out.
 * Names with brackets are for the document to write: there is no one way to spell an object in a form.
 *
 * @throws {FormatError} for an object inside.
 */
export function encodeForm(value: Plain): string {
  if (!isObject(value)) throw new FormatError('a form is written from an object')
  const form = new URLSearchParams()
  for (const [name, field] of Object.entries(value)) {
    for (const item of isList(field) ? field : [field]) {
      if (item !== null) form.append(name, textOf(item))
    }
  }
  return form.toString()
}
