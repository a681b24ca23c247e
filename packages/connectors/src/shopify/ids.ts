/** Shopify's global ids, as `gid://shopify/Return/945000954`, and our number of a case in its texts. */

export type Kind = 'Order' | 'OrderTransaction' | 'Return'

export function isGid(kind: Kind, value: string): boolean {
  return value.startsWith(`gid://shopify/${kind}/`)
}

/** What stands behind the last slash. */
export function numberOf(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1)
}

const caseNoAtStart = /^(RMA-\d{6,15}-\d)(?!\d)/

/** The number of our case that a text of Shopify begins with; null where it begins otherwise. */
export function caseNoOf(text: string | null | undefined): string | null {
  return caseNoAtStart.exec(text?.trim() ?? '')?.[1] ?? null
}

/** What we write beside a line of a return that we make: our number, and our number of the line. */
export function lineNote(caseNo: string, lineNo: number): string {
  return `${caseNo} #${lineNo}`
}

/** Our number of a line in its note. */
export function lineNoOf(note: string): number | null {
  const [, digits] = /^RMA-\d{6,15}-\d #(\d{1,5})\b/.exec(note.trim()) ?? []
  return digits === undefined ? null : Number(digits)
}
