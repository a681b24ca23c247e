import type { Headline } from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from './case-state.ts'
import { activeLines } from './headline.ts'
import { compare, isZero, plus } from './ledger/decimal.ts'
import { arrived } from './ledger/lines.ts'

/** Where the return stands, in a sentence for a ticket: no names, no amounts. At most 500 characters. */
export function sentenceOf(state: CaseState): string {
  const progress = progressOf(state)
  const waiting = waitingFor[state.headline]
  if (progress !== '') return `${progress}; ${waiting}.`
  return `${waiting.charAt(0).toUpperCase()}${waiting.slice(1)}.`
}

/** What a headline says, as the end of a sentence. */
export const waitingFor: Readonly<Record<Headline, string>> = {
  canceled: 'the return is canceled',
  rejected: 'the return is rejected',
  expired: 'the authorization has expired',
  exception_hold: 'on hold until an exception is dealt with',
  info_needed: 'waiting for an answer of the customer',
  requested: 'waiting for a decision',
  closed: 'all is done',
  refunded: 'the customer has the money',
  replaced: 'the customer has the replacement',
  repaired: 'the customer has the repaired goods',
  returned_to_customer: 'the goods went back to the customer',
  approved: 'the credit is on its way',
  inspected: 'inspected, waiting for settlement',
  in_inspection: 'being inspected',
  received: 'waiting for inspection',
  partially_received: 'waiting for the rest',
  delivered: 'delivered by the carrier, waiting for receipt',
  in_transit: 'on its way back',
  authorized: 'waiting for the goods',
}

/** `Received 3 of 4`, once anything has come in. */
function progressOf(state: CaseState): string {
  const lines = activeLines(state).filter(({ returnRequired }) => returnRequired)
  const came = total(lines, arrived)
  if (isZero(came)) return ''
  const expected = total(lines, ({ quantities }) => quantities.authorized)
  if (isZero(expected)) return `Received ${came} without an authorization`
  const over = compare(came, expected) > 0 ? ', more than authorized' : ''
  return `Received ${came} of ${expected}${over}`
}

function total(lines: readonly LineState[], of: (line: LineState) => string): string {
  return lines.reduce((sum, line) => plus(sum, of(line)), '0')
}
