import { FormatError, placeOf } from './format-problem.ts'
import { maxAttributes, maxNodes, maxTextLength, maxXmlNames } from './limits.ts'
import { forbiddenCharacter } from './xml-characters.ts'

export interface XmlTag {
  readonly kind: 'open'
  readonly name: string
  readonly attributes: readonly (readonly [string, string])[]
  /** An element without content, as in `<line/>`. */
  readonly isClosed: boolean
}

export interface XmlPiece {
  readonly kind: 'text'
  readonly text: string
  /** From CDATA: blanks and ampersands mean themselves. */
  readonly isVerbatim: boolean
}

export type XmlToken = XmlTag | XmlPiece | { readonly kind: 'close' } | { readonly kind: 'end' }

const close: XmlToken = { kind: 'close' }
const end: XmlToken = { kind: 'end' }
const noAttributes: XmlTag['attributes'] = []

const maxNameLength = 200
const reference = /&(?:([a-z]{1,8}|#\d{1,7}|#x[\da-fA-F]{1,6});)?/g
const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
])

/** Goes through an XML document from tag to tag. Looks at no character more than a few times. */
export class XmlCursor {
  readonly #text: string
  /** Each name once: objects take a key faster that they have seen. */
  readonly #names = new Map<string, string>()
  #at = 0
  #nodes = 0

  /** @throws {FormatError} for a character that no XML document may hold. */
  constructor(text: string) {
    this.#text = text
    if (forbiddenCharacter.test(text))
      throw new FormatError('the document holds a control character')
  }

  /**
   * @param open - the innermost element that is open, which an end tag has to name.
   * @throws {FormatError} for what is not well-formed, a DOCTYPE, and what is over a limit.
   */
  next(open: string | undefined): XmlToken {
    while (this.#at < this.#text.length) {
      if (this.#text.charCodeAt(this.#at) !== 0x3c) return this.#readText()
      const sign = this.#text.charCodeAt(this.#at + 1)
      if (sign === 0x2f) return this.#readEndTag(open)
      this.#count()
      if (sign === 0x3f) this.#skipTo('?>')
      else if (sign !== 0x21) return this.#readStartTag()
      else if (this.#text.startsWith('<!--', this.#at)) this.#skipTo('-->')
      else if (this.#text.startsWith('<![CDATA[', this.#at)) return this.#readVerbatim()
      else throw this.problem('a DOCTYPE or another declaration is not taken')
    }
    return end
  }

  /** A problem at the place that was reached. */
  problem(message: string): FormatError {
    return new FormatError(message, placeOf(this.#text, this.#at))
  }

  /** Puts in what references stand for. @throws {FormatError} for one that is not XML's own. */
  resolve(raw: string): string {
    if (!raw.includes('&')) return raw
    return raw.replace(reference, (_all, found: string | undefined) => {
      this.#count()
      const text = found === undefined ? undefined : characterOf(found)
      if (text === undefined) throw this.problem('an ampersand is no reference that is taken')
      return text
    })
  }

  #count(): void {
    this.#nodes += 1
    if (this.#nodes > maxNodes) throw this.problem(`the document has more than ${maxNodes} parts`)
  }

  #readText(): XmlPiece {
    this.#count()
    const start = this.#at
    const found = this.#text.indexOf('<', start)
    this.#at = found < 0 ? this.#text.length : found
    return { kind: 'text', text: this.#text.slice(start, this.#at), isVerbatim: false }
  }

  #readVerbatim(): XmlPiece {
    const start = this.#at + '<![CDATA['.length
    this.#skipTo(']]>')
    return { kind: 'text', text: this.#text.slice(start, this.#at - 3), isVerbatim: true }
  }

  #skipTo(mark: string): void {
    const found = this.#text.indexOf(mark, this.#at + 2)
    if (found < 0) throw this.problem(`${mark} is missing`)
    this.#at = found + mark.length
  }

  #readEndTag(open: string | undefined): XmlToken {
    const start = this.#at + 2
    if (open === undefined || !this.#text.startsWith(open, start))
      throw this.problem('an end tag fits no start tag')
    this.#at = start + open.length
    this.#skipBlanks()
    this.#expect('>', 'an end tag fits no start tag')
    return close
  }

  #readStartTag(): XmlTag {
    this.#at += 1
    const name = this.#readName()
    const attributes = this.#readAttributes()
    const isClosed = this.#text.charCodeAt(this.#at) === 0x2f
    if (isClosed) this.#at += 1
    this.#expect('>', 'a tag is not well-formed')
    return { kind: 'open', name, attributes, isClosed }
  }

  #readAttributes(): XmlTag['attributes'] {
    if (this.#text.charCodeAt(this.#at) === 0x3e) return noAttributes
    const attributes: [string, string][] = []
    for (;;) {
      const hasBlank = this.#skipBlanks()
      const sign = this.#text.charCodeAt(this.#at)
      if (sign === 0x3e || sign === 0x2f) return attributes
      if (!hasBlank) throw this.problem('a tag is not well-formed')
      this.#count()
      attributes.push([this.#readName(), this.#readValue()])
      if (attributes.length > maxAttributes)
        throw this.problem(`an element has more than ${maxAttributes} attributes`)
    }
  }

  #readName(): string {
    const start = this.#at
    const limit = start + maxNameLength
    while (this.#at < limit && isNamePart(this.#text.charCodeAt(this.#at))) this.#at += 1
    const found = this.#text.slice(start, this.#at)
    const known = this.#names.get(found)
    if (known !== undefined) return known
    if (!isNameStart(found.charCodeAt(0)) || this.#at === limit)
      throw this.problem('a name is missing, or too long')
    if (found.endsWith('__proto__')) throw this.problem('something is named __proto__')
    this.#names.set(found, found)
    if (this.#names.size > maxXmlNames)
      throw this.problem(`more than ${maxXmlNames} different names`)
    return found
  }

  #readValue(): string {
    this.#skipBlanks()
    this.#expect('=', 'an attribute has no value')
    this.#skipBlanks()
    const quote = this.#text.charAt(this.#at)
    const found = quote === '"' || quote === "'" ? this.#text.indexOf(quote, this.#at + 1) : -1
    if (found < 0) throw this.problem('the value of an attribute is not in quotes')
    const raw = this.#text.slice(this.#at + 1, found)
    if (raw.length > maxTextLength)
      throw this.problem(`a text of more than ${maxTextLength} characters`)
    this.#at = found + 1
    if (!/[<&\t\r\n]/.test(raw)) return raw
    if (raw.includes('<')) throw this.problem('the value of an attribute holds <')
    return this.resolve(raw.replaceAll(/\r\n|[\r\n\t]/g, ' '))
  }

  /** @returns whether there were any. */
  #skipBlanks(): boolean {
    const start = this.#at
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at += 1
    if (this.#at - start > maxTextLength) throw this.problem('a tag is not well-formed')
    return this.#at > start
  }

  #expect(sign: string, message: string): void {
    if (this.#text.charAt(this.#at) !== sign) throw this.problem(message)
    this.#at += 1
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d
}

/** Letters beyond ASCII are not told from other signs there: nothing hangs on it. */
function isNameStart(code: number): boolean {
  const letter = code | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || code === 0x5f || code === 0x3a || code >= 0xc0
}

function isNamePart(code: number): boolean {
  const isDigit = code >= 0x30 && code <= 0x39
  return isNameStart(code) || isDigit || code === 0x2d || code === 0x2e || code === 0xb7
}

function characterOf(found: string): string | undefined {
  if (!found.startsWith('#')) return entities.get(found)
  const code = found.startsWith('#x')
    ? Number.parseInt(found.slice(2), 16)
    : Number.parseInt(found.slice(1), 10)
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  const character = String.fromCodePoint(code)
  return forbiddenCharacter.test(character) ? undefined : character
}
