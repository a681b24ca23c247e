import { FormatError } from './format-problem.ts'
import { isList, isObject, type Plain, type PlainObject, textOf } from './plain-data.ts'
import type { TargetFormatOf } from './target-format.ts'
import type { InterchangeHeader } from './x12-envelope.ts'

const tagPattern = /^[A-Z][A-Z0-9]{1,2}$/
/** Place, repetition and component of an element, as `splitSegment` names them. */
const elementKey = /^e(\d\d)(?:r(\d\d))?(?:c(\d\d))?$/
/** From this version on ISA11 is the repetition separator. */
const firstWithRepetition = '00402'

/** Writes segments one after another, and counts them. */
export class X12Writer {
  readonly #options: TargetFormatOf<'x12'>
  readonly #hasRepetition: boolean
  readonly #separators: readonly string[]
  readonly #segments: string[] = []

  constructor(options: TargetFormatOf<'x12'>, version: string) {
    this.#options = options
    this.#hasRepetition = version >= firstWithRepetition
    this.#separators = [
      options.elementSeparator,
      options.componentSeparator,
      options.segmentTerminator,
      ...(this.#hasRepetition ? [options.repetitionSeparator] : []),
    ]
  }

  get count(): number {
    return this.#segments.length
  }

  end(): string {
    const { segmentTerminator, lineBreaks } = this.#options
    const ending = segmentTerminator + (lineBreaks ? '\n' : '')
    return this.#segments.map((segment) => segment + ending).join('')
  }

  /** Its elements have fixed lengths: a reader may find the separators by their place. */
  writeInterchangeHeader(header: InterchangeHeader): void {
    const { componentSeparator, elementSeparator, repetitionSeparator } = this.#options
    const blank = ' '.repeat(10)
    const elements = [
      '00',
      blank,
      '00',
      blank,
      header.senderQualifier,
      this.#checked(header.sender).padEnd(15),
      header.receiverQualifier,
      this.#checked(header.receiver).padEnd(15),
      header.date,
      header.time,
      this.#hasRepetition ? repetitionSeparator : 'U',
      header.version,
      header.controlNumber,
      '0',
      header.usage,
      componentSeparator,
    ]
    this.#segments.push(['ISA', ...elements].join(elementSeparator))
  }

  write(tag: string, elements: readonly string[]): void {
    this.#push(
      tag,
      elements.map((text) => this.#checked(text)),
    )
  }

  /** A segment with its own `tag`; what else it holds by tag is not looked at. */
  writeFlat(segment: PlainObject): void {
    const { tag } = segment
    if (typeof tag !== 'string' || !tagPattern.test(tag))
      throw new FormatError('a segment has no tag')
    this.#push(tag, this.#elementsOf(segment))
  }

  /** What an object holds by tag: segments, each followed by what it holds itself. */
  writeByTag(parent: PlainObject): void {
    for (const [tag, value] of Object.entries(parent)) {
      if (!tagPattern.test(tag) || value === null) continue
      for (const segment of isList(value) ? value : [value]) {
        if (!isObject(segment)) throw new FormatError('a segment is written from an object')
        this.#push(tag, this.#elementsOf(segment))
        this.writeByTag(segment)
      }
    }
  }

  #push(tag: string, elements: readonly string[]): void {
    this.#segments.push(joined([tag, ...elements], this.#options.elementSeparator))
  }

  #elementsOf(segment: PlainObject): string[] {
    const parts = Object.entries(segment).flatMap(([key, value]) => this.#partOf(key, value))
    const { componentSeparator, repetitionSeparator } = this.#options
    return inPlaces(parts, ({ place }) => place).map((element) => {
      const repetitions = inPlaces(element, ({ repetition }) => repetition).map((components) => {
        const texts = inPlaces(components, ({ component }) => component).map(
          ([part]) => part?.text ?? '',
        )
        return joined(texts, componentSeparator)
      })
      if (repetitions.length > 1 && !this.#hasRepetition)
        throw new FormatError(`there is no repetition before version ${firstWithRepetition}`)
      return joined(repetitions, repetitionSeparator)
    })
  }

  /** Nothing for a key that names no part of an element, and for an empty one. */
  #partOf(key: string, value: Plain): Part[] {
    const [, place = '', repetition = '01', component = '01'] = elementKey.exec(key) ?? []
    const text = place === '' ? '' : this.#checked(textOf(value))
    if (text === '') return []
    const part = {
      place: Number(place) - 1,
      repetition: Number(repetition) - 1,
      component: Number(component) - 1,
      text,
    }
    if (Math.min(part.place, part.repetition, part.component) < 0)
      throw new FormatError('elements and their parts are counted from 01')
    return [part]
  }

  #checked(text: string): string {
    if (this.#separators.some((separator) => text.includes(separator)))
      throw new FormatError('a value holds a separator, which X12 cannot escape')
    if (/\p{Cc}/u.test(text)) throw new FormatError('a value holds a control character')
    return text
  }
}

/** A component of a repetition of an element, each counted from 0. */
interface Part {
  readonly place: number
  readonly repetition: number
  readonly component: number
  readonly text: string
}

/** Puts each part into the list of its place; places between them are empty. */
function inPlaces(parts: readonly Part[], placeOf: (part: Part) => number): Part[][] {
  const places: Part[][] = []
  for (const part of parts) {
    while (places.length <= placeOf(part)) places.push([])
    places[placeOf(part)]?.push(part)
  }
  return places
}

/** Without the empty ones at the end. */
function joined(parts: readonly string[], separator: string): string {
  const last = parts.findLastIndex((part) => part !== '')
  return parts.slice(0, last + 1).join(separator)
}
