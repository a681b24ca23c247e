import type { Refund } from './shapes.ts'
import { metaText } from './shapes.ts'

/** What the hub leaves on orders and refunds, by which it finds them again. */
export const keys = {
  /** On an order: the latest of its returns, and where it stands. On a refund: whose it is. */
  caseNo: '_hub_case_no',
  caseStatus: '_hub_case_status',
  caseId: '_hub_case_id',
  refundId: '_hub_refund_id',
} as const

/** On an order: the last news of a return that the shop was told. */
export function toldKey(caseNo: string): string {
  return `_hub_told_${caseNo}`
}

/** Reason of a refund of ours. WooCommerce writes it with the refund, and meta only after the gateway has paid. */
export function refundReason(caseNo: string, refundId: string): string {
  return `Return ${caseNo}, refund ${refundId}`
}

const ourReason = /^Return (RMA-\d{6,15}-\d), refund (.{1,100})$/

/** Whose refund it is: of a return and a refund that the hub knows; null where people made it. */
export function ownerOf(
  refund: Pick<Refund, 'meta_data' | 'reason'>,
): { readonly caseNo: string; readonly refundId: string; readonly isMarked: boolean } | null {
  const caseNo = metaText(refund.meta_data, keys.caseNo)
  const refundId = metaText(refund.meta_data, keys.refundId)
  if (caseNo !== null && refundId !== null) return { caseNo, refundId, isMarked: true }
  const [, no, id] = ourReason.exec(refund.reason) ?? []
  return no === undefined || id === undefined ? null : { caseNo: no, refundId: id, isMarked: false }
}
