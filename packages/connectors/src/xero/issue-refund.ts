import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
  UnknownOutcomeError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { toNumber } from './amounts.ts'
import type { Config } from './config.ts'
import { findCreditNote } from './find.ts'
import { knownEvent } from './known-event.ts'
import { referenceOf } from './references.ts'
import { type CreditNote, payments } from './shapes.ts'
import { Xero } from './xero.ts'

type Refund = Delivery<Config, 'refund.issue'>

/**
 * `refund.issue`, where finance pays: a payment from a bank account for the credit note, never above what is left of
 * it. In the books the money is on its way by that, and there when the bank's statement is reconciled with it.
 *
 * @throws {TerminalError} CREDIT_NOT_POSTED, NOT_CONFIGURED (FN05), REFUND_ABOVE_OPEN (FN04), XERO_REFUSED (FN07).
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver: refund,
  // How long Xero remembers a key is not said: each attempt looks for the reference first.
  idempotency: { kind: 'native_key' },
}

async function refund(delivery: Refund): Promise<Delivered> {
  const { config, command, now, idempotencyKey } = delivery
  const { refundId, creditId, method, amount, paymentId } = command.body
  const code = accountFor(config, method)
  const xero = new Xero(delivery)
  const note = await findCreditNote(xero, { caseNo: command.caseNo, creditId })
  if (note === null || note.Status !== 'AUTHORISED') {
    if (note !== null && paidBy(note, delivery)) return delivered(delivery, note)
    const reason =
      'The credit is not posted in Xero, or paid already, so there is nothing to pay out.'
    throw new TerminalError({ code: 'CREDIT_NOT_POSTED', exception: 'FN05', reason })
  }
  if (paidBy(note, delivery)) return delivered(delivery, note)
  if (new Big(amount.amount).gt(String(note.RemainingCredit ?? note.Total))) {
    const reason = `Only ${note.RemainingCredit ?? note.Total} ${amount.currency} of the credit note is left.`
    throw new TerminalError({ code: 'REFUND_ABOVE_OPEN', exception: 'FN04', reason })
  }
  const body = {
    CreditNote: { CreditNoteID: note.CreditNoteID },
    Account: { Code: code },
    Date: now.toISOString().slice(0, 10),
    Amount: toNumber(amount.amount),
    Reference: referenceOf(command.caseNo, refundId),
  }
  const answer = await xero.write('PUT', '/Payments', {
    shape: payments,
    body: { Payments: [body] },
    key: idempotencyKey,
  })
  const [made] = answer.Payments
  if (made === undefined) throw new UnknownOutcomeError({ code: 'RESPONSE_MALFORMED' })
  return {
    externalId: made.PaymentID,
    refs: [{ type: 'payment', value: made.PaymentID }],
    events: [
      knownEvent(delivery, 'refund.released', {
        refundId,
        creditId,
        method,
        amount,
        ...(paymentId === undefined ? {} : { paymentId }),
      }),
    ],
  }
}

function accountFor({ refundAccounts }: Config, method: string): string {
  const code = refundAccounts[method] ?? refundAccounts['*']
  if (code !== undefined) return code
  const reason = `No bank account is configured that pays refunds by ${method.replaceAll('_', ' ')}.`
  throw new TerminalError({ code: 'NOT_CONFIGURED', exception: 'FN05', reason })
}

function paidBy({ Payments }: CreditNote, { command }: Refund) {
  const reference = referenceOf(command.caseNo, command.body.refundId)
  return Payments.find((one) => one.Reference === reference && one.Status !== 'DELETED')
}

function delivered(delivery: Refund, note: CreditNote): Delivered {
  const made = paidBy(note, delivery)
  if (made === undefined) return {}
  const { refundId, creditId, method, amount } = delivery.command.body
  const data = { refundId, creditId, method, amount }
  return {
    externalId: made.PaymentID,
    refs: [{ type: 'payment', value: made.PaymentID }],
    events: [knownEvent(delivery, 'refund.released', data)],
  }
}
