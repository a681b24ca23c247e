import type { ExceptionCode } from '@backhaul/sdk/canonical'
import { TerminalError } from '@backhaul/sdk/connector'

/** Why a step of goods cannot be done until a person has looked, by code. */
const stockCodes = {
  /** More is announced than was delivered and has not come back, or been announced, yet. */
  exceedsDelivered: 'RETURN_EXCEEDS_DELIVERED',
  /** Several lines of the order are of the product. */
  lineAmbiguous: 'ORDER_LINE_AMBIGUOUS',
  productUnknown: 'PRODUCT_UNKNOWN',
  productAmbiguous: 'PRODUCT_AMBIGUOUS',
  /** The bill of materials of a kit has changed since it was sold. */
  kitUnclear: 'KIT_UNCLEAR',
  transferMissing: 'RETURN_TRANSFER_MISSING',
  transferCanceled: 'RETURN_TRANSFER_CANCELED',
  alreadyDone: 'RECEIPT_ALREADY_DONE',
  /** Somebody is counting the goods at this moment. */
  underWay: 'RECEIPT_UNDER_WAY',
  /** Odoo did not finish a transfer although it raised no error: it waits for a person's answer. */
  notFinished: 'TRANSFER_NOT_FINISHED',
  receiptUnknown: 'RECEIPT_UNKNOWN',
  serialUnknown: 'SERIAL_UNKNOWN',
  serialInStock: 'SERIAL_IN_STOCK',
  serialNotShipped: 'SERIAL_NOT_SHIPPED',
  /** It is not among what came with the return and stands there. */
  serialNotReceived: 'SERIAL_NOT_RECEIVED',
  /** A tracked product came and nobody said which serial numbers or lots. */
  serialsNeeded: 'SERIALS_NEEDED',
  insufficientStock: 'INSUFFICIENT_STOCK',
  goodsNotReceived: 'GOODS_NOT_RECEIVED',
  vendorUnknown: 'VENDOR_UNKNOWN',
  vendorAmbiguous: 'VENDOR_AMBIGUOUS',
  notConfigured: 'NOT_CONFIGURED',
} as const

type Refused = keyof typeof stockCodes

/** What is wrong with the return by it, where that is more than a delivery that failed. */
const exceptions: Partial<Record<Refused, ExceptionCode>> = {
  exceedsDelivered: 'CU02',
  lineAmbiguous: 'CU02',
  productUnknown: 'RX02',
  productAmbiguous: 'RX02',
  serialUnknown: 'RX06',
  serialInStock: 'RX06',
  serialNotShipped: 'RX06',
  serialNotReceived: 'RX06',
  serialsNeeded: 'RX06',
  kitUnclear: 'MD02',
  vendorUnknown: 'MD01',
  vendorAmbiguous: 'MD01',
}

/** @param said - what a service agent has to know, without personal data: it becomes a sentence. */
export function refusal(refused: Refused, said: string): TerminalError {
  const reason = `${said.charAt(0).toUpperCase()}${said.slice(1).replace(/\.$/, '')}.`
  return new TerminalError({ code: stockCodes[refused], reason, exception: exceptions[refused] })
}
