import type { EventData, EventType } from '@backhaul/sdk/canonical'

/** Events of a return that say what its state does not keep, and rules ask for. */
export const factEvents = [
  'return.requested',
  'order.recorded',
  'return.info_provided',
  'return.appealed',
] as const satisfies readonly EventType[]

/** Such an event of the history, as it was stored. */
export interface FactEvent {
  readonly eventKey: string
  readonly type: string
  readonly data: unknown
}

type RequestedLine = EventData<'return.requested'>['lines'][number]
type RecordedLine = EventData<'order.recorded'>['lines'][number]

/** What is known of a return beside its state. */
export interface CaseFacts {
  readonly requested: ReadonlyMap<number, RequestedLine>
  /** What was told of the order, the latest word for each field; null where nobody has told. */
  readonly order: Pick<EventData<'order.recorded'>, 'exists' | 'orderedBy'> | null
  readonly recorded: ReadonlyMap<number, RecordedLine>
  /** How often the customer has answered a question. */
  readonly answers: number
  /** How often the rejection of a line was appealed. */
  readonly appeals: (lineNo: number) => number
}

/**
 * Reads what events say that their return has taken, in the order of their arrival.
 *
 * @param openedBy - key of the event that opened the return.
 */
export function factsOf(events: readonly FactEvent[], openedBy: string): CaseFacts {
  const known: Known = {
    requested: new Map(),
    recorded: new Map(),
    appealed: [],
    order: null,
    answers: 0,
  }
  for (const { type, data, eventKey } of events) {
    if (type === 'order.recorded') takeOrder(known, data as EventData<'order.recorded'>)
    else if (type === 'return.info_provided') known.answers += 1
    else if (type === 'return.appealed') {
      known.appealed.push((data as EventData<'return.appealed'>).lineNos ?? [])
    } else if (eventKey === openedBy) takeRequest(known, data as EventData<'return.requested'>)
  }
  const { appealed, ...rest } = known
  const appeals = (lineNo: number) =>
    appealed.filter((lineNos) => lineNos.length === 0 || lineNos.includes(lineNo)).length
  return { ...rest, appeals }
}

interface Known {
  readonly requested: Map<number, RequestedLine>
  readonly recorded: Map<number, RecordedLine>
  /** The lines of each appeal; none for all of them. */
  readonly appealed: (readonly number[])[]
  order: CaseFacts['order']
  answers: number
}

/** A number that is given twice keeps its first line, as in the state. */
function takeRequest({ requested }: Known, { lines }: EventData<'return.requested'>): void {
  for (const line of lines) {
    if (!requested.has(line.lineNo)) requested.set(line.lineNo, line)
  }
}

function takeOrder(known: Known, { exists, orderedBy, lines }: EventData<'order.recorded'>): void {
  known.order = { ...known.order, ...said({ exists, orderedBy }) }
  for (const line of lines) {
    known.recorded.set(line.lineNo, { ...known.recorded.get(line.lineNo), ...line })
  }
}

/** Without what was left out. */
function said<T extends object>(fields: T): Partial<T> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Partial<T>
}
