import type { EventType } from '@backhaul/sdk/canonical'
import { axisOf } from './claims.ts'
import { type Draft, refuse, repeat, type Verdict } from './draft.ts'
import * as authorization from './events/authorization.ts'
import * as caseEvents from './events/case.ts'
import { acceptClaim, rejectClaim } from './events/claim.ts'
import * as credit from './events/credit.ts'
import * as disposition from './events/disposition.ts'
import { resolveException } from './events/exception-resolved.ts'
import { reportOutOfStock, stepFulfillment } from './events/fulfillment.ts'
import * as inspection from './events/inspection.ts'
import { recordOrder } from './events/order.ts'
import * as receipt from './events/receipt.ts'
import { reverseReceipt } from './events/receipt-reversal.ts'
import { failRefund, recordRefund } from './events/refund.ts'
import { rephrase } from './events/status-report.ts'
import { stepSupplierClaim } from './events/supplier-recovery.ts'
import { fireTimer } from './events/timer.ts'
import * as transport from './events/transport.ts'
import type { StampedEvent } from './stamped-event.ts'

type Handlers = {
  readonly [T in EventType]: (draft: Draft, event: StampedEvent<T>) => Verdict
}

/** What each event does to a draft. Handlers change the ledgers; the axes move by the tables. */
const handlers: Handlers = {
  'return.requested': caseEvents.requestAgain,
  'order.recorded': recordOrder,
  'return.review_started': authorization.moveAuthorization,
  'return.info_requested': authorization.moveAuthorization,
  'return.info_provided': authorization.moveAuthorization,
  'return.approved': authorization.approve,
  'return.rejected': authorization.moveAuthorization,
  'return.appealed': authorization.appeal,
  'return.canceled': authorization.cancel,
  'return.expired': authorization.moveAuthorization,
  'return.extended': authorization.extend,
  'label.issued': transport.issueLabel,
  'label.voided': transport.voidLabel,
  'label.failed': transport.failLabel,
  'parcel.in_transit': transport.scan,
  'parcel.delayed': transport.scan,
  'parcel.damaged': transport.scan,
  'parcel.lost': transport.scan,
  'parcel.returned_to_sender': transport.scan,
  'parcel.weighed': transport.weigh,
  'parcel.delivered': transport.scan,
  'goods.expected': receipt.expect,
  'goods.received': receipt.receive,
  'goods.receipt_reversed': reverseReceipt,
  'goods.closed_short': receipt.closeShort,
  'goods.refused': receipt.refuseGoods,
  'inspection.started': inspection.startInspection,
  'inspection.completed': inspection.completeInspection,
  'inspection.reopened': inspection.reopenInspection,
  'disposition.proposed': disposition.proposeDisposition,
  'disposition.approved': disposition.approveDisposition,
  'disposition.executed': disposition.executeDisposition,
  'disposition.reversed': disposition.reverseDisposition,
  'credit.proposed': credit.proposeCredit,
  'credit.approval_requested': credit.requestApproval,
  'credit.approved': credit.approveCredit,
  'credit.declined': credit.declineCredit,
  'credit.drafted': credit.draftCredit,
  'credit.posted': credit.postCredit,
  'credit.reversed': credit.reverseCredit,
  'credit.failed': credit.failCredit,
  'refund.released': recordRefund,
  'refund.settled': recordRefund,
  'refund.failed': failRefund,
  'replacement.planned': stepFulfillment,
  'replacement.ordered': stepFulfillment,
  'replacement.out_of_stock': reportOutOfStock,
  'replacement.shipped': stepFulfillment,
  'replacement.delivered': stepFulfillment,
  'replacement.canceled': stepFulfillment,
  'repair.planned': stepFulfillment,
  'repair.started': stepFulfillment,
  'repair.completed': stepFulfillment,
  'send_back.shipped': stepFulfillment,
  'supplier_claim.identified': stepSupplierClaim,
  'supplier_claim.submitted': stepSupplierClaim,
  'supplier_claim.authorized': stepSupplierClaim,
  'supplier_claim.denied': stepSupplierClaim,
  'supplier_claim.shipped': stepSupplierClaim,
  'supplier_claim.credited': stepSupplierClaim,
  'supplier_claim.disputed': stepSupplierClaim,
  'supplier_claim.written_off': stepSupplierClaim,
  'status.reported': takeStatus,
  'claim.accepted': (draft, event) => acceptClaim(draft, event, takeEvent),
  'claim.rejected': rejectClaim,
  'exception.raised': caseEvents.raiseStated,
  'exception.assigned': caseEvents.assignException,
  'exception.resolved': (draft, event) => resolveException(draft, event, takeEvent),
  'exception.reopened': caseEvents.reopenException,
  'case.noted': caseEvents.note,
  'case.flagged': caseEvents.flag,
  'case.reopened': caseEvents.reopenCase,
  'delivery.confirmed': caseEvents.confirmDelivery,
  'delivery.died': caseEvents.failDelivery,
  'delivery.delayed': caseEvents.delayDelivery,
  'delivery.recovered': caseEvents.recoverDelivery,
  'timer.fired': fireTimer,
}

/** Takes an event into the draft; the draft is of no use when it is refused. */
export function takeEvent(draft: Draft, event: StampedEvent): Verdict {
  draft.event = event
  const handle = handlers[event.type] as (draft: Draft, event: StampedEvent) => Verdict
  return handle(draft, event)
}

/** `status.reported` by the owner of the axis: taken as the events that would have brought it about. */
function takeStatus(draft: Draft, event: StampedEvent<'status.reported'>): Verdict {
  const rephrased = rephrase(draft.state, event)
  switch (rephrased.kind) {
    case 'unknown_line':
      return refuse('unknown_line', 'the return has no such line')
    case 'same':
      return repeat(`${axisOf(event)} is ${event.data.state} already`)
    case 'impossible':
      return refuse('no_transition', rephrased.reason)
    case 'events':
      return takeAll(draft, event, rephrased.events)
  }
}

function takeAll(draft: Draft, report: StampedEvent, events: readonly StampedEvent[]): Verdict {
  for (const event of events) {
    const verdict = takeEvent(draft, event)
    if (verdict?.outcome === 'refused') return verdict
  }
  draft.event = report
  return null
}
