import type { CommandType, EventType } from '@backhaul/sdk/canonical'
import type { LineState } from '../case-state.ts'
import { type Draft, editHeader, owe } from '../draft.ts'
import { waitsForDecision } from '../ledger/lines.ts'

/** What an event owes beside what its moves owe; `take` says for which lines, null for none at all. */
interface Owing {
  readonly owes: CommandType
  /** In words, for the page that is made from the tables. */
  readonly when: string
  readonly take: (draft: Draft) => readonly number[] | null
}

/** Commands that are owed because something was said, whatever it moved. */
export const owedOnEvents: Readonly<Partial<Record<EventType, Owing>>> = {
  'return.requested': {
    owes: 'order.look_up',
    when: 'once, for lines of which the delivery or the invoice is not known',
    take: askForOrder,
  },
  'case.noted': { owes: 'note.record', when: 'something was authorized', take: tellNote },
}

/** Owes what the event at hand is to be answered with. */
export function oweOnEvent(draft: Draft): void {
  const owing = owedOnEvents[draft.event.type]
  const lineNos = owing?.take(draft) ?? null
  if (owing === undefined || lineNos === null) return
  if (lineNos.length === 0) owe(draft, owing.owes, null)
  for (const lineNo of lineNos) owe(draft, owing.owes, lineNo)
}

/** Asks once, about the lines of which something is not known that the rules or a credit need. */
function askForOrder(draft: Draft): readonly number[] | null {
  const { header, lines } = draft.state
  if (header.orderLookUp) return null
  const open = lines.filter((line) => waitsForDecision(line) && !isTracedBack(line))
  const canBeFound = header.orderRefs.length > 0 || open.some(namesPieces)
  if (open.length === 0 || !canBeFound) return null
  editHeader(draft, { orderLookUp: 'asked' })
  return open.map(({ lineNo }) => lineNo)
}

/** Whoever asked for the return has said when the line was delivered, and what it was invoiced with. */
function isTracedBack({ deliveredAt, invoiced, product }: LineState): boolean {
  return product === null || (deliveredAt !== null && invoiced !== null)
}

function namesPieces({ expectedSerials, orderLine }: LineState): boolean {
  return expectedSerials.length > 0 || (orderLine ?? null) !== null
}

/** Before anything was authorized there is nothing over there that a note could stand beside. */
function tellNote({ state }: Draft): readonly number[] | null {
  return state.header.approvedAt === null ? null : []
}
