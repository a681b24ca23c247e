import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  axisLetters,
  type CommandBody,
  type CommandType,
  commandContracts,
  type EventData,
  type EventType,
  eventData,
} from '@backhaul/sdk/canonical'
import type { CaseState, LineState } from './case-state.ts'
import { apply } from './decide.ts'
import type { Decision, OwedCommand } from './decision.ts'
import type { Room, StampedEvent } from './stamped-event.ts'

/** Every axis: the word of such a source counts everywhere. */
export const everything = Object.values(axisLetters).join('')

interface Saying {
  /** Minutes after 2026-11-02 08:00 UTC; one after the event before when left out. */
  readonly at?: number
  readonly source?: string
  readonly owns?: string
  readonly room?: Room
}

/** `2026-11-02T08:00:00.000Z` and so many minutes. */
export function minute(at: number): string {
  return new Date(Date.UTC(2026, 10, 2, 8, 0) + at * 60_000).toISOString()
}

/** Money as it stands on the wire. */
export function eur(amount: string) {
  return { amount, currency: 'EUR' }
}

/** An event as the shell stamps it, with its data parsed by the published schema. */
export function stamped<T extends EventType>(
  id: string,
  type: T,
  { data, at = 0, source = 'erp', owns = everything, room }: Saying & { readonly data: unknown },
): StampedEvent<T> {
  return {
    id,
    type,
    occurredAt: minute(at),
    source,
    actor: 'test',
    owns,
    data: eventData[type].parse(data) as EventData<T>,
    ...(room ? { room } : {}),
  }
}

/** A case and what was said about it, one event after the other. */
export class Story {
  readonly events: StampedEvent[] = []
  readonly owed: OwedCommand[] = []
  #state: CaseState | null = null
  #at = 0

  says(type: EventType, data: unknown, saying: Saying = {}): Decision {
    this.#at = saying.at ?? this.#at + 1
    const id = `e${this.events.length + 1}`
    return this.hears(stamped(id, type, { ...saying, data, at: this.#at }))
  }

  hears(event: StampedEvent): Decision {
    this.events.push(event)
    const { decision, state } = apply(this.#state, event)
    this.#state = state
    if (decision.outcome === 'applied') {
      for (const command of decision.owes) {
        commandContracts[command.type].body.parse(command.body)
        this.owed.push(command)
      }
    }
    return decision
  }

  /** Goes on with the story, in a chain. */
  tell(chapter: (story: Story) => unknown): this {
    chapter(this)
    return this
  }

  get state(): CaseState {
    assert.ok(this.#state, 'nothing has been said yet')
    return this.#state
  }

  line(lineNo = 1): LineState {
    const line = this.state.lines.find((entry) => entry.lineNo === lineNo)
    assert.ok(line, 'there is no such line')
    return line
  }

  /** Keys of the open exceptions. */
  get open(): string[] {
    return Object.entries(this.state.exceptions)
      .filter(([, { status }]) => status === 'open')
      .map(([key]) => key)
  }

  /** Commands of a type that were owed so far. */
  commands(type: OwedCommand['type']): OwedCommand[] {
    return this.owed.filter((command) => command.type === type)
  }
}

/** The body of a command that was owed. */
export function bodyOf<T extends CommandType>(
  command: OwedCommand | undefined,
  type: T,
): CommandBody<T> {
  assert.equal(command?.type, type)
  return command?.body as CommandBody<T>
}

interface Asked {
  readonly lines?: readonly object[]
  readonly [field: string]: unknown
}

/** A line of a request: four pumps that do not fit, invoiced at 100.00 and 19.00 tax. */
export function askedLine(lineNo = 1, change: object = {}) {
  return {
    lineNo,
    product: { sku: `PUMP-${lineNo}` },
    quantity: '4',
    reason: { code: 'poor_fit' },
    freightPayer: 'seller',
    origin: {
      invoiced: {
        invoiceLine: `inv-${lineNo}`,
        quantity: '4',
        net: eur('100.00'),
        tax: eur('19.00'),
      },
    },
    ...change,
  }
}

/** A request of one line, paid by card. */
export function asked(change: Asked = {}) {
  return {
    channel: 'ecommerce',
    sourceRef: 'shop-1',
    customer: { partyId: 'customer-1', language: 'de' },
    currency: 'EUR',
    lines: [askedLine()],
    tenders: [{ paymentId: 'card-1', method: 'card', captured: eur('119.00') }],
    ...change,
  }
}

/** A case that was requested and approved in full. */
export function approvedStory({
  terms = {},
  line = {},
  request = {},
}: {
  terms?: object
  line?: object
  request?: Asked
} = {}): Story {
  const story = new Story()
  story.says('return.requested', asked(request), { source: 'shop', owns: '' })
  story.says('return.approved', {
    rmaNo: 'RMA-000123-2',
    validUntil: '2026-12-02T08:00:00Z',
    lines: [{ lineNo: 1, quantity: '4', ...line }],
    settlement: { method: 'card_refund', trigger: 'on_inspection', ...terms },
  })
  return story
}

/** A credit of the wire for units of line 1 at 25.00 and 4.75 tax each. */
export function creditOf(creditId: string, units: number, change: object = {}) {
  const net = (units * 25).toFixed(2)
  const tax = (units * 4.75).toFixed(2)
  return {
    creditId,
    lines: [{ lineNo: 1, quantity: String(units), net: eur(net), tax: eur(tax) }],
    total: eur((units * 29.75).toFixed(2)),
    method: 'card_refund',
    ...change,
  }
}

test('a story begins with a request that waits for a decision', () => {
  const story = new Story()
  const decision = story.says('return.requested', asked(), { source: 'shop', owns: '' })
  assert.equal(decision.outcome, 'applied')
  assert.equal(story.state.headline, 'requested')
  assert.deepEqual(story.line().quantities.requested, '4')
})
