/** What the hub leaves in a shop, by which it finds it again. */
export const keys = {
  caseNo: 'hub_case_no',
  caseId: 'hub_case_id',
  caseStatus: 'hub_case_status',
  caseSentence: 'hub_case_sentence',
} as const

/** In an order's metadata: the last news of a return that the shop was told. */
export function toldKey(caseNo: string): string {
  return `hub_told_${caseNo}`
}

/** Internal note of a change that the hub makes: by it an unfinished one is known as ours. */
export function changeNote(caseNo: string): string {
  return `Returns hub, ${caseNo}`
}

export function isOurNote(note: string | null | undefined): boolean {
  return note?.startsWith('Returns hub, ') ?? false
}

/** Note of a refund of ours: there is no other place for a mark. */
export function refundNote(caseNo: string, refundId: string): string {
  return `Return ${caseNo}, refund ${refundId}`
}

const ourRefund = /^Return (RMA-\d{6,15}-\d), refund (.{1,100})$/

/** Of a return and a refund that the hub knows; null where people made it. */
export function ownerOf(
  note: string | null | undefined,
): { readonly caseNo: string; readonly refundId: string } | null {
  const [, caseNo, refundId] = ourRefund.exec(note ?? '') ?? []
  return caseNo === undefined || refundId === undefined ? null : { caseNo, refundId }
}
