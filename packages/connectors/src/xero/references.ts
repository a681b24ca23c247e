/** What stands in `Reference` of a credit note or a payment that is ours: the return, and what of it. */
const pattern = /^(RMA-\d{6,}-\d)(?:\/([\w.:-]{1,100}))?$/

export function referenceOf(caseNo: string, object: string): string {
  return `${caseNo}/${object}`
}

/** Null for a document of somebody else. Without an object, a person wrote the number of the return. */
export function readReference(
  text: string | null | undefined,
): { readonly caseNo: string; readonly object: string | null } | null {
  const [, caseNo, object = null] = pattern.exec(text?.trim() ?? '') ?? []
  return caseNo === undefined ? null : { caseNo, object }
}

/** A text within a `where` expression of Xero. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '')}"`
}
