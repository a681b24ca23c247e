import { FormatError } from './format-problem.ts'
import { isList, isObject, type Plain, type PlainObject, textOf } from './plain-data.ts'
import type { TargetFormatOf } from './target-format.ts'
import { forbiddenCharacter } from './xml-characters.ts'

const namePattern = /^(?:[\p{L}_][\p{L}\p{N}_.-]*:)?[\p{L}_][\p{L}\p{N}_.-]*$/u

/**
 * Writes `{ root: value }` as `decodeXml` reads it: `@name` an attribute, `#text` the text beside them, a
 * list one element for each item, null and an empty list nothing, anything else its text.
 *
 * @throws {FormatError} for no or several roots, names that XML does not take, control characters.
 */
export function encodeXml(value: Plain, { declaration }: TargetFormatOf<'xml'>): string {
  const roots = isObject(value) ? Object.entries(value) : []
  const [root] = roots
  if (root === undefined || roots.length > 1 || isList(root[1]) || root[1] === null)
    throw new FormatError('XML is written from an object with one field, the root element')
  const head = declaration ? '<?xml version="1.0" encoding="UTF-8"?>\n' : ''
  return head + element(...root)
}

function element(name: string, value: Plain): string {
  if (isList(value)) return value.map((item) => single(name, item)).join('')
  return single(name, value)
}

function single(name: string, value: Plain): string {
  if (value === null) return ''
  checkName(name)
  if (isList(value)) throw new FormatError('a list in a list has no name in XML')
  if (!isObject(value)) return wrapped(name, '', textContent(textOf(value)))
  const fields = Object.entries(value)
  const attributes = fields.filter(([key]) => key.startsWith('@')).map(attribute)
  return wrapped(name, attributes.join(''), content(value))
}

function content(value: PlainObject): string {
  return Object.entries(value)
    .filter(([key]) => !key.startsWith('@'))
    .map(([key, item]) => (key === '#text' ? textContent(textOf(item)) : element(key, item)))
    .join('')
}

function wrapped(name: string, attributes: string, inner: string): string {
  return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`
}

function attribute([key, value]: [string, Plain]): string {
  const name = key.slice(1)
  checkName(name)
  if (value === null) return ''
  const text = escaped(textOf(value))
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n]/g, asReference)
  return ` ${name}="${text}"`
}

/** Blanks at the ends would be taken for layout, so they are written as references. */
function textContent(text: string): string {
  return escaped(text)
    .replace(/^\s+/, inReferences)
    .replace(/(?<!\s)\s+$/, inReferences)
}

function escaped(text: string): string {
  if (forbiddenCharacter.test(text)) throw new FormatError('XML does not take control characters')
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', asReference)
}

function inReferences(blanks: string): string {
  return blanks.replaceAll(/\s/g, asReference)
}

function asReference(character: string): string {
  return `&#${character.charCodeAt(0)};`
}

function checkName(name: string): void {
  if (!namePattern.test(name)) throw new FormatError('a key is no name of an element or attribute')
}
