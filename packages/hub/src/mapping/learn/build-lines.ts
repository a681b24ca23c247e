import { type Learned, numberText, putConcept, read, timeCall, word } from './build-data.ts'
import type { DraftKey } from './draft.ts'
import type { SourceField } from './match-fields.ts'

/** Begins a list of lines. @returns where the fields of a line go. */
function lineFields(learned: Learned, data: readonly DraftKey[]): readonly DraftKey[] {
  const { draft, linesPath, linesConfidence, otherLines } = learned
  const lines = [...data, 'lines']
  if (linesPath === null) return [...lines, 0]
  draft.guess([...lines, 'each'], {
    text: linesPath,
    confidence: linesConfidence,
    question: 'are these the lines of a return?',
    choices: otherLines,
  })
  draft.put([...lines, 'as'], 'line')
  return [...lines, 'fields']
}

/** The lines of a request. */
export function putRequestedLines(learned: Learned, data: readonly DraftKey[]): void {
  const at = lineFields(learned, data)
  const { draft } = learned
  draft.put([...at, 'lineNo'], learned.linesPath === null ? '1' : 'index + 1')
  putConcept(learned, { path: [...at, 'sourceLineRef'], concept: 'lineId' })
  putProduct(learned, [...at, 'product'])
  putQuantity(learned, [...at, 'quantity'])
  putUnits(learned, at)
  putTexts(learned, [...at, 'serials'], 'serial')
  putTexts(learned, [...at, 'lots'], 'lot')
  putReason(learned, [...at, 'reason'])
  const resolution = [...at, 'requestedResolution']
  putConcept(learned, {
    path: resolution,
    concept: 'resolution',
    make: (field) => word(learned, 'resolution', field),
  })
  putConcept(learned, { path: [...at, 'claimedCondition'], concept: 'condition' })
  const origin = [...at, 'origin']
  putConcept(learned, { path: [...origin, 'orderLine'], concept: 'orderLine' })
  const make = (field: SourceField) => timeCall(learned, field)
  putConcept(learned, { path: [...origin, 'deliveredAt'], concept: 'deliveredAt', make })
}

/** The lines of a receipt. */
export function putReceivedLines(learned: Learned, data: readonly DraftKey[]): void {
  const at = lineFields(learned, data)
  putLineNo(learned, at, { isNeeded: false })
  putProduct(learned, [...at, 'product'])
  putQuantity(learned, [...at, 'quantity'])
  putTexts(learned, [...at, 'serials'], 'serial')
  putTexts(learned, [...at, 'lots'], 'lot')
  const path = [...at, 'condition']
  const make = (field: SourceField) => word(learned, 'condition', field)
  putConcept(learned, { path, concept: 'condition', make })
}

/** The lines of an inspection. */
export function putInspectedLines(learned: Learned, data: readonly DraftKey[]): void {
  const at = lineFields(learned, data)
  putLineNo(learned, at, { isNeeded: true })
  for (const concept of ['accepted', 'rejected'] as const) {
    putConcept(learned, {
      path: [...at, concept],
      concept,
      make: (field) => `quantity(${numberText(field)})`,
      otherwise: { text: "{ value: '0' }", question: `no field holds how many were ${concept}` },
    })
  }
  const make = (field: SourceField) => word(learned, 'grade', field)
  putConcept(learned, { path: [...at, 'grade'], concept: 'grade', make })
}

function putLineNo(
  learned: Learned,
  at: readonly DraftKey[],
  { isNeeded }: { readonly isNeeded: boolean },
): void {
  const match = learned.matches.get('lineId')
  const isNumber = match?.field.shape.isInteger === true && match.field.shape.longest <= 5
  if (match && isNumber) {
    putConcept(learned, { path: [...at, 'lineNo'], concept: 'lineId' })
  } else if (isNeeded) {
    learned.draft.guess([...at, 'lineNo'], {
      text: 'index + 1',
      confidence: 0.4,
      question: 'no field holds the number of the line: do lines come in the order of the request?',
    })
  }
}

function putProduct(learned: Learned, at: readonly DraftKey[]): void {
  const { matches } = learned
  const fields = [
    ['sku', 'sku'],
    ['gtin', 'gtin'],
    ['customerPartNo', 'customerPartNo'],
  ] as const
  let hasAny = false
  for (const [name, concept] of fields) {
    // One of them has to be there; what is known less surely stands in where nothing else is.
    const isAlone = name === 'sku' && !matches.has('gtin') && !matches.has('customerPartNo')
    const otherwise = {
      text: '{ value: unknown }',
      question: 'no field holds the number of the product',
      choices: [],
    }
    const wanted = { path: [...at, name], concept }
    hasAny = putConcept(learned, isAlone ? { ...wanted, otherwise } : wanted) || hasAny
  }
  if (!hasAny) {
    const otherwise = {
      text: '{ value: unknown }',
      question: 'no field surely holds the number of the product',
    }
    putConcept(learned, { path: [...at, 'sku'], concept: 'sku', otherwise })
  }
  putConcept(learned, { path: [...at, 'name'], concept: 'productName' })
}

function putQuantity(learned: Learned, path: readonly DraftKey[]): void {
  putConcept(learned, {
    path,
    concept: 'quantity',
    make: (field) => `quantity(${quantityArguments(learned, field)})`,
    otherwise: {
      text: "{ value: '1' }",
      question: 'no field holds a quantity: is a line always one piece?',
    },
  })
}

function quantityArguments(learned: Learned, field: SourceField): string {
  const unit = surely(learned, 'unit')
  const sku = surely(learned, 'sku')
  if (unit) word(learned, 'unit', unit)
  return [numberText(field), ...(unit ? [read(unit), ...(sku ? [read(sku)] : [])] : [])].join(', ')
}

function putUnits(learned: Learned, at: readonly DraftKey[]): void {
  const unit = surely(learned, 'unit')
  const quantity = learned.matches.get('quantity')?.field
  if (!unit || !quantity) return
  const sku = surely(learned, 'sku')
  const product = sku ? `, ${read(sku)}` : ''
  learned.draft.put([...at, 'baseUnit'], `baseUnit(${read(unit)}${product})`)
  learned.draft.put([...at, 'said'], `said(${quantityArguments(learned, quantity)})`)
}

const sure = 0.6

function surely(learned: Learned, concept: 'unit' | 'sku'): SourceField | null {
  const match = learned.matches.get(concept)
  return match && match.certainty >= sure ? match.field : null
}

/** A list of texts, or one of them. */
function putTexts(learned: Learned, path: readonly DraftKey[], concept: 'serial' | 'lot'): void {
  const list = learned.lists.get(concept)
  const one = learned.matches.get(concept)
  if (list) learned.draft.put(path, list.path)
  else if (one && one.certainty >= sure) putConcept(learned, { path: [...path, 0], concept })
}

function putReason(learned: Learned, at: readonly DraftKey[]): void {
  putConcept(learned, {
    path: [...at, 'code'],
    concept: 'reason',
    make: (field) => word(learned, 'reason', field),
    otherwise: {
      text: '{ value: not_as_expected }',
      question: 'no field holds a reason: which one do these returns have?',
      choices: ['{ value: no_longer_needed }', '{ value: defective_consumer }'],
    },
  })
  const reason = learned.matches.get('reason')
  if (reason) learned.draft.put([...at, 'source'], reason.field.path)
  putConcept(learned, { path: [...at, 'text'], concept: 'reasonText' })
}
