import type { Credit } from '@backhaul/sdk/canonical'
import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { toNumber } from './amounts.ts'
import type { Config } from './config.ts'
import { noteOf, numberOf } from './references.ts'
import type { Invoice } from './shapes.ts'

type Post = Delivery<Config, 'credit.post'>

interface Sum {
  readonly what: string
  readonly net: string
  readonly item: string | undefined
  readonly taxCode: string | undefined
}

/**
 * A credit memo with the hub's own amounts: one sum for each line, and the tax in one, since QuickBooks keeps it so.
 *
 * @throws {TerminalError} NOT_CONFIGURED (FN07).
 */
export function creditDocument(
  { config, command, now }: Post,
  { invoice, credit }: { readonly invoice: Invoice; readonly credit: Credit },
): Record<string, unknown> {
  const { caseNo } = command
  const usual = invoice.Line.find((line) => line.SalesItemLineDetail)?.SalesItemLineDetail
  const item = config.itemId ?? usual?.ItemRef?.value
  const taxCode = usual?.TaxCodeRef?.value
  const sums: Sum[] = [
    ...credit.lines.map(({ lineNo, quantity, net }) => ({
      what: `Return ${caseNo}, line ${lineNo}: ${quantity} units`,
      net: net.amount,
      item,
      taxCode,
    })),
    ...credit.fees.map(({ kind, net }) => ({
      what: `Fee: ${kind.replaceAll('_', ' ')}`,
      net: new Big(net.amount).times(-1).toFixed(),
      item: config.feeItemId ?? item,
      taxCode,
    })),
    ...(credit.goodwill === undefined
      ? []
      : [
          {
            what: 'Goodwill',
            net: credit.goodwill.amount,
            item: config.goodwillItemId ?? item,
            taxCode: 'NON',
          },
        ]),
  ]
  return {
    DocNumber: numberOf(caseNo, credit.creditId),
    PrivateNote: noteOf(caseNo, credit.creditId),
    TxnDate: now.toISOString().slice(0, 10),
    CustomerRef: { value: invoice.CustomerRef.value },
    CurrencyRef: { value: credit.total.currency },
    Line: sums.map((sum) => lineOf(sum)),
    TxnTaxDetail: { TotalTax: toNumber(taxOf(credit)) },
  }
}

function lineOf({ what, net, item, taxCode }: Sum) {
  if (item === undefined) {
    const reason = 'No item is known for a line of the credit: set itemId.'
    throw new TerminalError({ code: 'NOT_CONFIGURED', exception: 'FN07', reason })
  }
  return {
    DetailType: 'SalesItemLineDetail',
    Amount: toNumber(net),
    Description: what,
    SalesItemLineDetail: {
      ItemRef: { value: item },
      ...(taxCode === undefined ? {} : { TaxCodeRef: { value: taxCode } }),
    },
  }
}

function taxOf({ lines, fees }: Credit): string {
  const taxes = [
    ...lines.map(({ tax }) => new Big(tax.amount)),
    ...fees.map(({ tax }) => new Big(tax.amount).times(-1)),
  ]
  return taxes.reduce((sum, one) => sum.plus(one), new Big(0)).toFixed()
}
