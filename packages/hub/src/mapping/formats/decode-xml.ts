import { FormatError } from './format-problem.ts'
import { maxDepth, maxTextLength } from './limits.ts'
import { readText } from './read-text.ts'
import type { SourceFormatOf } from './source-format.ts'
import { XmlCursor, type XmlPiece, type XmlTag } from './xml-cursor.ts'
import { XmlText } from './xml-text.ts'

type Value = string | Fields | Value[]
interface Fields {
  [name: string]: Value
}

/** The paths of `lists`, one name after another. */
interface ListPlace {
  isList: boolean
  readonly below: Map<string, ListPlace>
}

/** An element that is not closed yet. */
interface Level {
  readonly name: string
  /** Where it stands among the paths of `lists`; undefined off them. */
  readonly place: ListPlace | undefined
  /** Null while it has neither attributes nor children. */
  fields: Fields | null
  text: string
}

/**
 * Reads XML: `{ root: value }`. An element with nothing but text is a string; any other is an object with
 * its attributes as `@name`, its children by name (repeated ones, and those of `lists`, as a list), and its
 * text as `#text`, the pieces between children joined with a blank. Blanks around text go, unless they are
 * written as references or CDATA. Everything is a string. Comments and processing instructions are left out.
 *
 * Refused: a DOCTYPE, and with it every entity but the five of XML; what is not well-formed.
 *
 * Written by hand, since no document may keep the event loop for long: fast-xml-parser 5.12 takes a second
 * for 10 MB, takes elements that are never closed, and leaves character references as they are. The tests
 * compare the two.
 *
 * @throws {FormatError}
 */
export function decodeXml(bytes: Uint8Array, options: SourceFormatOf<'xml'>): Fields {
  const text = readText(bytes, options.encoding ?? declaredEncoding(bytes))
  return new XmlReader(text, options).read()
}

const declaration = /^<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/

function declaredEncoding(bytes: Uint8Array): string {
  // The declaration is ASCII in every encoding but UTF-16 and UTF-32, which say so by their first bytes.
  const head = String.fromCharCode(...bytes.subarray(0, 300))
  if (head.startsWith('\u00ff\u00fe')) return 'utf-16le'
  if (head.startsWith('\u00fe\u00ff')) return 'utf-16be'
  // A byte order mark of UTF-8 says more than a declaration.
  return declaration.exec(head)?.[1] ?? 'utf-8'
}

class XmlReader {
  readonly #cursor: XmlCursor
  readonly #text: XmlText
  readonly #stripPrefixes: boolean
  readonly #root: Level
  readonly #levels: Level[] = []
  #level: Level

  constructor(text: string, { lists, stripPrefixes }: SourceFormatOf<'xml'>) {
    const cursor = new XmlCursor(text)
    this.#cursor = cursor
    this.#text = new XmlText((raw) => cursor.resolve(raw))
    this.#stripPrefixes = stripPrefixes
    this.#root = { name: '', place: placesOf(lists), fields: null, text: '' }
    this.#level = this.#root
  }

  read(): Fields {
    for (;;) {
      const isOutside = this.#level === this.#root
      const token = this.#cursor.next(isOutside ? undefined : this.#level.name)
      if (token.kind === 'end') break
      if (token.kind === 'text') this.#takeText(token)
      else if (token.kind === 'close') this.#close()
      else this.#open(token)
    }
    if (this.#level !== this.#root) throw this.#cursor.problem('the document ends too early')
    if (this.#root.fields === null) throw new FormatError('the document holds no element')
    return this.#root.fields
  }

  #takeText(piece: XmlPiece): void {
    if (this.#level === this.#root) {
      if (piece.isVerbatim || piece.text.trim() !== '')
        throw this.#cursor.problem('text stands outside of the root element')
    } else if (!this.#text.add(piece)) throw this.#tooLong()
  }

  #tooLong(): FormatError {
    return this.#cursor.problem(`a text has more than ${maxTextLength} characters`)
  }

  #open({ name, attributes, isClosed }: XmlTag): void {
    const parent = this.#level
    if (parent === this.#root && parent.fields !== null)
      throw this.#cursor.problem('a second root element begins')
    if (this.#levels.length >= maxDepth)
      throw this.#cursor.problem(`the document is nested more than ${maxDepth} deep`)
    this.#flush()
    const place = parent.place?.below.get(this.#nameOf(name))
    this.#levels.push(parent)
    this.#level = { name, place, fields: this.#fieldsOf(attributes), text: '' }
    if (isClosed) this.#close()
  }

  #fieldsOf(attributes: XmlTag['attributes']): Fields | null {
    let fields: Fields | null = null
    for (const [name, value] of attributes) {
      if (this.#stripPrefixes && /^xmlns(?::|$)/.test(name)) continue
      fields ??= {}
      const key = `@${this.#nameOf(name)}`
      if (Object.hasOwn(fields, key)) throw this.#cursor.problem('an attribute stands twice')
      fields[key] = value
    }
    return fields
  }

  #close(): void {
    this.#flush()
    const { name, place, fields, text } = this.#level
    if (fields !== null && text !== '') fields['#text'] = text
    this.#level = this.#levels.pop() ?? this.#root
    this.#level.fields ??= {}
    const key = this.#nameOf(name)
    put(this.#level.fields, { key, value: fields ?? text, isList: place?.isList === true })
  }

  #flush(): void {
    const text = this.#text.take()
    const level = this.#level
    if (text !== '') level.text += level.text === '' ? text : ` ${text}`
    if (level.text.length > maxTextLength) throw this.#tooLong()
  }

  #nameOf(name: string): string {
    return this.#stripPrefixes ? name.slice(name.indexOf(':') + 1) : name
  }
}

/** Puts a child beside those of its name. */
function put(
  fields: Fields,
  { key, value, isList }: { key: string; value: string | Fields; isList: boolean },
): void {
  const before = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (Array.isArray(before)) before.push(value)
  else if (before !== undefined) fields[key] = [before, value]
  else fields[key] = isList ? [value] : value
}

function placesOf(lists: readonly string[]): ListPlace {
  const root: ListPlace = { isList: false, below: new Map() }
  for (const path of lists) {
    let place = root
    for (const name of path.split('.')) {
      const next = place.below.get(name) ?? { isList: false, below: new Map() }
      place.below.set(name, next)
      place = next
    }
    place.isList = true
  }
  return root
}
