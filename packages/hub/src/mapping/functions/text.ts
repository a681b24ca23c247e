import { hash } from 'node:crypto'
import { HaltError } from '../../platform/expression/language.ts'
import { pay } from '../../platform/expression/meter.ts'
import type { MappingFunction } from './mapping-function.ts'
import { isNothing, textOf } from './scalars.ts'

/** Longer than any field of a contract. */
const resultLimit = 65_536
const partLimit = 200
const loneSurrogate = /\p{Surrogate}/u
/** Characters that are gone through in one step. */
const charactersAStep = 100

export const textFunctions: readonly MappingFunction[] = [
  {
    name: 'text',
    signatures: ['text(dyn): dyn'],
    does: 'A number or a truth value as a text; nothing for nothing.',
    example: { expression: 'text(record.id)', result: '"1001"' },
    call: (value: unknown) => given(value),
  },
  {
    name: 'upper',
    signatures: ['upper(dyn): dyn'],
    does: 'In capitals.',
    example: { expression: 'upper("eur")', result: '"EUR"' },
    call: (value: unknown) => given(value)?.toUpperCase() ?? null,
  },
  {
    name: 'lower',
    signatures: ['lower(dyn): dyn'],
    does: 'In small letters.',
    example: { expression: 'lower("RMA")', result: '"rma"' },
    call: (value: unknown) => given(value)?.toLowerCase() ?? null,
  },
  {
    name: 'trim',
    signatures: ['trim(dyn): dyn'],
    does: 'Without blanks at both ends; nothing where nothing is left.',
    example: { expression: 'trim(" R-1 ")', result: '"R-1"' },
    call: (value: unknown) => given(value)?.trim() || null,
  },
  {
    name: 'split',
    signatures: ['split(dyn, string): dyn'],
    does: `The parts between separators, at most ${partLimit}; an empty list for nothing.`,
    example: { expression: 'split("S1;S2", ";")', result: '["S1", "S2"]' },
    call: split,
  },
  {
    name: 'join',
    signatures: ['join(dyn, string): dyn'],
    does: 'The texts of a list with a separator between them; what is nothing is left out.',
    example: { expression: 'join(["A", "B"], "-")', result: '"A-B"' },
    call: join,
  },
  {
    name: 'replace',
    signatures: ['replace(dyn, string, string): dyn'],
    does: 'Every place of a text by another text.',
    example: { expression: 'replace("R/1/2", "/", "-")', result: '"R-1-2"' },
    call: replace,
  },
  {
    name: 'first',
    signatures: ['first(dyn): dyn'],
    does: 'The first thing of a list that is not nothing.',
    example: { expression: 'first(["", "B"])', result: '"B"' },
    call: (list: unknown) => itemsOf(list).find((item) => !isNothing(item)) ?? null,
  },
  {
    name: 'digest',
    signatures: ['digest(dyn): dyn'],
    does: 'The SHA-256 of a text, in 64 hexadecimal digits: a name for what has none.',
    example: {
      expression: 'digest("a")',
      result: '"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"',
    },
    call: (value: unknown) => {
      const text = given(value)
      return text === null ? null : hash('sha256', text)
    },
  },
  {
    name: 'segment',
    signatures: ['segment(dyn): dyn'],
    does: 'A text as one segment of an address: what means something in addresses is percent-encoded.',
    example: { expression: '"/returns/" + segment("R/1")', result: '"/returns/R%2F1"' },
    call: segment,
  },
]

function given(value: unknown): string | null {
  if (isNothing(value)) return null
  const text = textOf(value)
  pay(text.length / charactersAStep)
  return text
}

function split(value: unknown, separator: string): readonly string[] {
  const text = given(value)
  if (text === null) return []
  if (separator === '') throw new HaltError('needs a separator')
  const parts = text.split(separator, partLimit + 1)
  if (parts.length > partLimit) throw new HaltError(`makes at most ${partLimit} parts`)
  return parts
}

function join(list: unknown, separator: string): string {
  const texts: string[] = []
  let length = 0
  for (const item of itemsOf(list)) {
    if (isNothing(item)) continue
    const text = textOf(item)
    length += text.length + separator.length
    if (length > resultLimit) throw tooLong()
    texts.push(text)
  }
  return texts.join(separator)
}

function replace(value: unknown, from: string, to: string): string | null {
  const text = given(value)
  if (text === null) return null
  if (from === '') throw new HaltError('needs something to replace')
  const longest = text.length + Math.floor(text.length / from.length) * to.length
  if (longest > resultLimit) throw tooLong()
  return text.replaceAll(from, () => to)
}

function segment(value: unknown): string {
  const text = given(value)
  if (text === null || text === '.' || text === '..') throw new HaltError('needs a text')
  if (loneSurrogate.test(text)) throw new HaltError('needs well-formed Unicode')
  return encodeURIComponent(text)
}

function itemsOf(list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) throw new HaltError('takes a list')
  pay(list.length)
  return list
}

function tooLong(): HaltError {
  return new HaltError(`makes texts of at most ${resultLimit} characters`)
}
