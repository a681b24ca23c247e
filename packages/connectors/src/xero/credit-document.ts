import type { CommandBody } from '@backhaul/sdk/canonical'
import { type Delivery, TerminalError } from '@backhaul/sdk/connector'
import { Big } from 'big.js'
import { toNumber } from './amounts.ts'
import type { Config } from './config.ts'
import { referenceOf } from './references.ts'
import type { Invoice } from './shapes.ts'

type Body = CommandBody<'credit.draft'>

interface Accounting {
  readonly account: string | null | undefined
  readonly taxType: string | null | undefined
}

/** Decimals that Xero keeps of a unit's price with `unitdp=4`. */
const priceDecimals = 4

/** A draft of a credit note with the hub's own amounts: net and tax of each line are said, so that nothing is rounded anew. */
export function creditDocument(
  { config, command, now }: Delivery<Config, 'credit.draft'>,
  invoice: Invoice,
): Record<string, unknown> {
  const { credit, lines: goods = [] } = command.body
  const usual = usualAccounting(config, invoice)
  const lines = [
    ...credit.lines.map((line) => {
      const one = goods.find(({ lineNo }) => lineNo === line.lineNo)
      return goodsLine(line, { config, one, invoice })
    }),
    ...credit.fees.map(({ kind, net, tax }) => ({
      ...sumLine(`Fee: ${kind.replaceAll('_', ' ')}`, negative(net.amount), negative(tax.amount)),
      ...accounted({ ...usual, account: config.feeAccountCode ?? usual.account }),
    })),
    ...(credit.goodwill === undefined
      ? []
      : [
          {
            ...sumLine('Goodwill', credit.goodwill.amount, '0'),
            ...accounted({
              account: config.goodwillAccountCode ?? usual.account,
              taxType: 'NONE',
            }),
          },
        ]),
  ]
  return {
    Type: 'ACCRECCREDIT',
    Status: 'DRAFT',
    Contact: { ContactID: invoice.Contact.ContactID },
    Date: now.toISOString().slice(0, 10),
    LineAmountTypes: 'Exclusive',
    CurrencyCode: credit.total.currency,
    Reference: referenceOf(command.caseNo, credit.creditId),
    LineItems: lines,
  }
}

function goodsLine(
  line: Body['credit']['lines'][number],
  from: {
    readonly config: Config
    readonly one: NonNullable<Body['lines']>[number] | undefined
    readonly invoice: Invoice
  },
) {
  const { config, one, invoice } = from
  const sku = one?.product.sku
  const invoiced = invoice.LineItems.find(({ ItemCode }) => ItemCode != null && ItemCode === sku)
  const accounting = {
    account: invoiced?.AccountCode ?? config.accountCode,
    taxType: invoiced?.TaxType ?? config.taxType,
  }
  const what = invoiced?.Description ?? sku ?? `Line ${line.lineNo}`
  const { net, tax, quantity } = line
  return {
    ...pricedLine(what, { quantity, net: net.amount, tax: tax.amount }),
    ...(invoiced?.ItemCode ? { ItemCode: invoiced.ItemCode } : {}),
    ...accounted(accounting),
  }
}

/** By the unit where its price is one that Xero keeps exactly; otherwise as one piece, so that the sum is right. */
function pricedLine(
  what: string,
  { quantity, net, tax }: { readonly quantity: string; readonly net: string; readonly tax: string },
) {
  const units = new Big(quantity)
  if (units.lte(0)) return sumLine(what, net, tax)
  const price = new Big(net).div(units).round(priceDecimals)
  if (!price.times(units).eq(net)) return sumLine(`${units.toFixed()} x ${what}`, net, tax)
  return {
    Description: what.slice(0, 4_000),
    Quantity: toNumber(units.toFixed()),
    UnitAmount: toNumber(price.toFixed()),
    LineAmount: toNumber(net),
    TaxAmount: toNumber(tax),
  }
}

function sumLine(what: string, net: string, tax: string) {
  return {
    Description: what.slice(0, 4_000),
    Quantity: 1,
    UnitAmount: toNumber(net),
    LineAmount: toNumber(net),
    TaxAmount: toNumber(tax),
  }
}

function negative(amount: string): string {
  return new Big(amount).times(-1).toFixed()
}

function usualAccounting(config: Config, { LineItems: [first] }: Invoice): Accounting {
  return {
    account: config.accountCode ?? first?.AccountCode,
    taxType: config.taxType ?? first?.TaxType,
  }
}

/** @throws {TerminalError} NOT_CONFIGURED (FN07): without an account, Xero could not post the note. */
function accounted({ account, taxType }: Accounting) {
  if (!account) {
    const reason = 'No account is known for a line of the credit: set accountCode.'
    throw new TerminalError({ code: 'NOT_CONFIGURED', exception: 'FN07', reason })
  }
  return { AccountCode: account, ...(taxType ? { TaxType: taxType } : {}) }
}

/**
 * Xero's sum has to be the hub's, to the cent.
 *
 * @throws {TerminalError} CREDIT_TOTAL_MISMATCH (FN01).
 */
export function refuseOtherTotal(
  total: number,
  expected: { readonly amount: string; readonly currency: string },
): void {
  if (new Big(String(total)).eq(expected.amount)) return
  const reason = `The credit note comes to ${total} in Xero, and ${expected.amount} ${expected.currency} was approved. It stays a draft.`
  throw new TerminalError({ code: 'CREDIT_TOTAL_MISMATCH', exception: 'FN01', reason })
}
