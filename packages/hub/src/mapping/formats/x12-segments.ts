import { FormatError } from './format-problem.ts'
import { maxNodes, maxSegments, maxTextLength, maxX12Elements } from './limits.ts'

/** `tag`, and `e01`, `e02` and so on: those that are there and not empty. */
export interface X12Segment {
  readonly tag: string
  /** Key of an element, see `splitSegment`. */
  readonly [element: string]: string
}

/** The four characters that an interchange chooses for itself. */
interface X12Separators {
  readonly element: string
  readonly component: string
  /** Null before version 00402, which has no repetition. */
  readonly repetition: string | null
  readonly segment: string
}

/** A segment as it is written, and its number in the file, from 1. */
export interface RawSegment {
  readonly elements: readonly string[]
  readonly separators: X12Separators
  readonly number: number
}

const tagPattern = /^[A-Z][A-Z0-9]{1,2}$/

/**
 * Splits a file into segments. Each interchange says in its own ISA what separates them; line breaks behind
 * a segment are taken, as senders put them there.
 *
 * @throws {FormatError} for what is no X12, and what is over a limit.
 */
export function* readSegments(text: string): Generator<RawSegment> {
  let separators: X12Separators | null = null
  let nodes = 0
  let number = 0
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    number += 1
    if (text.startsWith('ISA', at)) separators = readSeparators(text, at)
    if (separators === null) throw new FormatError('the file does not begin with an ISA segment')
    const end = text.indexOf(separators.segment, at)
    if (end < 0) throw new FormatError('the last segment is not terminated', { line: number })
    if (end - at > maxTextLength) {
      throw new FormatError(`a segment has more than ${maxTextLength} characters`, { line: number })
    }
    const elements = text.slice(at, withoutLineEnd(text, end)).split(separators.element)
    nodes += elements.length
    if (number > maxSegments)
      throw new FormatError(`the file has more than ${maxSegments} segments`)
    if (nodes > maxNodes) throw new FormatError(`the file has more than ${maxNodes} elements`)
    if (!tagPattern.test(elements[0] ?? '') || elements.length > maxX12Elements + 1) {
      throw new FormatError('a segment has no tag, or too many elements', { line: number })
    }
    yield { elements, separators, number }
    at = end + 1
  }
}

function withoutLineEnd(text: string, end: number): number {
  let at = end
  while (at > 0 && (text.charCodeAt(at - 1) === 0x0d || text.charCodeAt(at - 1) === 0x0a)) at -= 1
  return at
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  return at
}

const isaElements = 16
/** With every element of an ISA at its full length: nothing of it stands behind this. */
const maxIsaLength = 200

/** From the ISA: its elements have fixed lengths, but some senders do not fill them up, so they are counted. */
function readSeparators(text: string, start: number): X12Separators {
  const head = text.slice(start, start + maxIsaLength)
  const element = head.charAt(3)
  const parts = head.split(element, isaElements)
  const componentAt = parts.join(element).length + 1
  const component = head.charAt(componentAt)
  const segment = head.charAt(componentAt + 1)
  const separators = new Set([element, component, segment])
  const isSound = [...separators].every((sign) => /^[^A-Za-z0-9 ]$/.test(sign))
  if (parts.length < isaElements || separators.size < 3 || !isSound)
    throw new FormatError('the ISA segment is damaged')
  const repetition = parts[11] ?? ''
  const hasRepetition = /^[^A-Za-z0-9 ]$/.test(repetition)
  return { element, component, segment, repetition: hasRepetition ? repetition : null }
}

/**
 * Elements by place: `e03`. One that is composite has its components instead, `e03c01`, `e03c02`, and one
 * that is repeated its repetitions, `e03r01`, `e03r02` (`e03r01c01` where they are composite). So a key
 * always holds a string, and a path to an element stays the same from one message to the next.
 */
export function splitSegment({ elements, separators }: RawSegment): X12Segment {
  const segment: Record<string, string> & { tag: string } = { tag: elements[0] ?? '' }
  const { component, repetition } = separators
  for (let place = 1; place < elements.length; place += 1) {
    const value = elements[place] ?? ''
    const key = keys[place] ?? ''
    if (value === '') continue
    if (repetition !== null && value.includes(repetition)) {
      const repetitions = splitPart(value, repetition)
      for (const [index, one] of repetitions.entries())
        putComponents(segment, `${key}r${twoDigits(index + 1)}`, splitPart(one, component))
    } else if (value.includes(component)) putComponents(segment, key, splitPart(value, component))
    else segment[key] = value
  }
  return segment
}

function splitPart(value: string, separator: string): string[] {
  const parts = value.split(separator, maxX12Elements + 1)
  if (parts.length > maxX12Elements)
    throw new FormatError(`an element has more than ${maxX12Elements} parts`)
  return parts
}

function putComponents(
  segment: Record<string, string>,
  key: string,
  components: readonly string[],
): void {
  for (const [index, component] of components.entries()) {
    const own = components.length > 1 ? `${key}c${twoDigits(index + 1)}` : key
    if (component !== '') segment[own] = component
  }
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

/** By place. */
const keys = Array.from({ length: maxX12Elements + 1 }, (_, place) => `e${twoDigits(place)}`)
