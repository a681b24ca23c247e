import { createHash } from 'node:crypto'

/** What stands in the private note of our documents: the return, and what of it. A void puts words before it. */
const pattern = /(?:^|\s)(RMA-\d{6,}-\d)(?:\/([\w.:-]{1,100}))?(?=\s|$)/

export function noteOf(caseNo: string, object: string): string {
  return `${caseNo}/${object}`
}

/** Null for a document of somebody else. Without an object, a person wrote the number of the return. */
export function readNote(
  text: string | null | undefined,
): { readonly caseNo: string; readonly object: string | null } | null {
  const [, caseNo, object = null] = pattern.exec(text ?? '') ?? []
  return caseNo === undefined ? null : { caseNo, object }
}

const maxLength = 21

/** Number of a document: QuickBooks takes 21 characters, and finds by it, which it does not by notes. */
export function numberOf(caseNo: string, object: string): string {
  const mark = createHash('sha256').update(object).digest('hex').slice(0, 6)
  return `${caseNo.slice(0, maxLength - 7)}-${mark}`
}

/** A text within a query of QuickBooks. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '').replaceAll("'", String.raw`\'`)}'`
}
