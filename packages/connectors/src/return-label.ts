import { createHash } from 'node:crypto'
import type { CanonicalEvent, EventData } from '@backhaul/sdk/canonical'
import { type Delivery, TerminalError } from '@backhaul/sdk/connector'

type LabelCommand = 'label.create' | 'label.void'

/**
 * What a parcel of a case is called over there, and found by again: `RMA-000123-7:in-1`. Two hubs that share an
 * account need prefixes of their own, since both number their cases from 1.
 */
export function parcelReference(
  { command }: Pick<Delivery<unknown, LabelCommand>, 'command'>,
  prefix: string,
  maxLength = 200,
): string {
  const reference = `${prefix}${command.caseNo}:${command.body.parcelId}`
  if (reference.length <= maxLength) return reference
  const digest = createHash('sha256').update(reference).digest('hex')
  return `${prefix}${command.caseNo}:${digest}`.slice(0, maxLength)
}

/** A label that is refused for good is a problem of the return (LG01), and not of the delivery alone. */
export function asLabelProblem(error: unknown): unknown {
  if (!(error instanceof TerminalError)) return error
  const { code, status, reason, cause, disablesConnection } = error
  return new TerminalError({ code, status, reason, cause, disablesConnection, exception: 'LG01' })
}

/** A label as a carrier gave it. */
export interface IssuedLabel {
  readonly carrier: string
  readonly service?: string | undefined
  readonly tracking: string
  readonly url?: string | undefined
  /** Link to a code that a shop scans to print the label. */
  readonly qrUrl?: string | undefined
  readonly format?: string | undefined
  readonly cost?: { readonly amount: string; readonly currency: string } | undefined
  /** When it was made, as its system says; now where that is nothing. */
  readonly madeAt?: string | undefined
}

/** `label.issued`: the same event, by its id, however often the label is found again. */
export function labelIssued(
  delivery: Delivery<unknown, 'label.create'>,
  source: string,
  label: IssuedLabel,
): CanonicalEvent<'label.issued'> {
  const { parcelId, lines } = delivery.command.body
  const { carrier, service, tracking, url, qrUrl, format, cost } = label
  const data: EventData<'label.issued'> = {
    parcel: {
      parcelId,
      direction: 'inbound',
      carrier,
      ...(service === undefined ? {} : { service }),
      tracking,
      lines: lines.map(({ lineNo, quantity }) => ({ lineNo, quantity })),
    },
    label: {
      ...(url === undefined ? {} : { url }),
      ...(qrUrl === undefined ? {} : { qrUrl }),
      ...(format === undefined ? {} : { format }),
      ...(cost === undefined ? {} : { cost }),
    },
  }
  return event(delivery, { type: 'label.issued', source, data, at: label.madeAt })
}

/** `label.voided`. */
export function labelVoided(
  delivery: Delivery<unknown, 'label.void'>,
  source: string,
): CanonicalEvent<'label.voided'> {
  const { parcelId } = delivery.command.body
  return event(delivery, { type: 'label.voided', source, data: { parcelId } })
}

function event<T extends 'label.issued' | 'label.voided'>(
  { command, idempotencyKey, now }: Delivery<unknown, LabelCommand>,
  told: {
    readonly type: T
    readonly source: string
    readonly data: EventData<T>
    readonly at?: string | undefined
  },
): CanonicalEvent<T> {
  return {
    id: `${idempotencyKey}/${told.type}`.slice(0, 200),
    source: told.source,
    type: told.type,
    subject: command.caseId,
    time: timeOf(told.at, command.occurredAt) ?? now.toISOString(),
    data: told.data,
  }
}

/**
 * The label is made before its parcel is scanned, though it may be found again after that; and never before it was
 * asked for, whatever the clock over there says.
 */
function timeOf(madeAt: string | undefined, owedAt: string): string | null {
  const at = Date.parse(madeAt ?? '')
  return Number.isNaN(at) ? null : new Date(Math.max(at, Date.parse(owedAt))).toISOString()
}
