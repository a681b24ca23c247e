import {
  type Delivered,
  type Delivery,
  type DeliveryDefinition,
  TerminalError,
} from '@backhaul/sdk/connector'
import { toNumber } from './amounts.ts'
import type { Config } from './config.ts'
import { findInvoice } from './find.ts'
import { knownEvent } from './known-event.ts'
import { QuickBooks } from './quickbooks.ts'
import { noteOf, numberOf, quoted } from './references.ts'
import { refundReceipt } from './shapes.ts'

type Refund = Delivery<Config, 'refund.issue'>

/**
 * `refund.issue`, where finance pays: a refund receipt from a bank account, over an item that clears the customer's
 * credit. It is found by its number, and made under a key.
 *
 * @throws {TerminalError} NOT_CONFIGURED (FN05), NOT_INVOICED (FN08), QUICKBOOKS_REFUSED, PERIOD_LOCKED (FN07).
 */
export const issueRefund: DeliveryDefinition<Config, 'refund.issue'> = {
  deliver: refund,
  idempotency: { kind: 'native_key' },
}

async function refund(delivery: Refund): Promise<Delivered> {
  const { command, idempotencyKey: key } = delivery
  const { refundId, creditId, method, amount, paymentId } = command.body
  const quickbooks = new QuickBooks(delivery)
  const made =
    (await find(quickbooks, delivery)) ??
    (await quickbooks.write('RefundReceipt', refundReceipt, {
      body: await documentOf(quickbooks, delivery),
      key,
    }))
  return {
    externalId: made.Id,
    refs: [{ type: 'refund_receipt', value: made.Id }],
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

async function find(quickbooks: QuickBooks, { command }: Refund) {
  const { caseNo, body } = command
  const where = `DocNumber = ${quoted(numberOf(caseNo, body.refundId))}`
  const found = await quickbooks.query('RefundReceipt', where, refundReceipt)
  return found.find(({ PrivateNote }) => PrivateNote?.includes(noteOf(caseNo, body.refundId)))
}

async function documentOf(quickbooks: QuickBooks, delivery: Refund) {
  const { config, command, now } = delivery
  const { refundId, method, amount } = command.body
  const account = config.refundAccounts[method] ?? config.refundAccounts['*']
  if (account === undefined || config.refundItemId === undefined) {
    const what =
      account === undefined ? `bank account for ${method.replaceAll('_', ' ')}` : 'refundItemId'
    const reason = `No ${what} is configured that refunds are paid by.`
    throw new TerminalError({ code: 'NOT_CONFIGURED', exception: 'FN05', reason })
  }
  const invoice = await findInvoice(quickbooks, delivery, amount.currency)
  return {
    DocNumber: numberOf(command.caseNo, refundId),
    PrivateNote: noteOf(command.caseNo, refundId),
    TxnDate: now.toISOString().slice(0, 10),
    CustomerRef: { value: invoice.CustomerRef.value },
    CurrencyRef: { value: amount.currency },
    DepositToAccountRef: { value: account },
    Line: [
      {
        DetailType: 'SalesItemLineDetail',
        Amount: toNumber(amount.amount),
        Description: `Refund of return ${command.caseNo}`,
        SalesItemLineDetail: {
          ItemRef: { value: config.refundItemId },
          TaxCodeRef: { value: 'NON' },
        },
      },
    ],
  }
}
