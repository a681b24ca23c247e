import type { Credit } from '@backhaul/sdk/canonical'
import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { toNumber, toText } from './amounts.ts'
import type { Config } from './config.ts'
import { creditDocument } from './credit-document.ts'
import { findCreditMemo, findInvoice } from './find.ts'
import { knownEvent } from './known-event.ts'
import { QuickBooks } from './quickbooks.ts'
import { noteOf } from './references.ts'
import { type CreditMemo, creditMemo, payment } from './shapes.ts'

type Post = Delivery<Config, 'credit.post'>

/**
 * `credit.post`: a credit memo for the customer of the order's invoice, which is booked by that, and set off against
 * what is open of the invoice. Safe to repeat: it is found by its number, and each step has a key of its own.
 *
 * A credit memo that comes to another sum than was approved, since the company's tax set-up had its own idea, is
 * deleted again under its SyncToken.
 *
 * @throws {TerminalError} CREDIT_NOT_SAID, QUICKBOOKS_REFUSED, PERIOD_LOCKED, NOT_CONFIGURED (FN07), NOT_INVOICED
 *   (FN08), CREDIT_TOTAL_MISMATCH (FN01).
 */
export const postCredit: DeliveryDefinition<Config, 'credit.post'> = {
  deliver: post,
  idempotency: { kind: 'upsert' },
}

async function post(delivery: Post): Promise<Delivered> {
  const { command } = delivery
  const { creditId, credit } = command.body
  if (credit === undefined) {
    const reason = 'The command does not say what was approved, and QuickBooks has no draft of it.'
    throw new TerminalError({ code: 'CREDIT_NOT_SAID', exception: 'FN07', reason })
  }
  const quickbooks = new QuickBooks(delivery)
  const known = await findCreditMemo(quickbooks, { caseNo: command.caseNo, creditId })
  const memo = known ?? (await make(quickbooks, delivery, credit))
  await refuseOtherTotal(quickbooks, delivery, { memo, credit })
  const applied = await applyToInvoice(quickbooks, delivery, { memo, credit })
  const document = memo.DocNumber ?? undefined
  return {
    externalId: memo.Id,
    refs: [{ type: 'credit_memo', value: memo.Id }],
    events: [
      knownEvent(delivery, 'credit.posted', {
        credit,
        ...(document === undefined ? {} : { document }),
      }),
      ...(applied === null
        ? []
        : [
            knownEvent(delivery, 'refund.settled', {
              refundId: `applied-${memo.Id}`,
              creditId,
              method: 'apply_to_invoice',
              amount: { amount: applied, currency: credit.total.currency },
            }),
          ]),
    ],
  }
}

async function make(quickbooks: QuickBooks, delivery: Post, credit: Credit): Promise<CreditMemo> {
  const invoice = await findInvoice(quickbooks, delivery, credit.total.currency)
  const body = creditDocument(delivery, { invoice, credit })
  return quickbooks.write('CreditMemo', creditMemo, { body, key: delivery.idempotencyKey })
}

async function refuseOtherTotal(
  quickbooks: QuickBooks,
  { idempotencyKey }: Post,
  { memo, credit }: { readonly memo: CreditMemo; readonly credit: Credit },
): Promise<void> {
  const { amount, currency } = credit.total
  if (new Big(String(memo.TotalAmt)).eq(amount)) return
  const { Id, SyncToken } = memo
  const key = `${idempotencyKey}-undo`
  const gone = creditMemo.pick({ Id: true })
  await quickbooks.write('CreditMemo', gone, { body: { Id, SyncToken }, key, operation: 'delete' })
  const reason = `The credit memo came to ${memo.TotalAmt} in QuickBooks, and ${amount} ${currency} was approved. It was deleted again.`
  throw new TerminalError({ code: 'CREDIT_TOTAL_MISMATCH', exception: 'FN01', reason })
}

/** A payment of nothing links the two: what is open of the invoice is paid by the credit. @returns how much. */
async function applyToInvoice(
  quickbooks: QuickBooks,
  delivery: Post,
  { memo, credit }: { readonly memo: CreditMemo; readonly credit: Credit },
): Promise<string | null> {
  const { config, command, idempotencyKey } = delivery
  if (config.apply === 'never') return null
  const left = new Big(String(memo.Balance ?? memo.TotalAmt))
  const used = new Big(String(memo.TotalAmt)).minus(left)
  // It was set off before: by an attempt before this one, or by the company's own setting.
  if (used.gt(0)) return used.toFixed()
  const invoice = await findInvoice(quickbooks, delivery, credit.total.currency)
  const open = new Big(toText(invoice.Balance))
  const amount = open.lt(left) ? open : left
  if (amount.lte(0)) return null
  const Amount = toNumber(amount.toFixed())
  const body = {
    CustomerRef: { value: invoice.CustomerRef.value },
    CurrencyRef: { value: credit.total.currency },
    TotalAmt: 0,
    PrivateNote: noteOf(command.caseNo, credit.creditId),
    Line: [
      { Amount, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] },
      { Amount, LinkedTxn: [{ TxnId: memo.Id, TxnType: 'CreditMemo' }] },
    ],
  }
  await quickbooks.write('Payment', payment, { body, key: `${idempotencyKey}-apply` })
  return amount.toFixed()
}
