import { hash } from 'node:crypto'

/** An event of the history with its JSON columns as the exact text that the database holds. */
export interface EventContent {
  readonly caseId: string
  readonly seq: number
  readonly recordedAt: string
  readonly eventKey: string
  readonly eventId: string
  readonly type: string
  readonly occurredAt: string
  readonly source: string
  readonly actor: string
  readonly owns: string
  readonly messageId: string
  readonly dataText: string
  readonly roomText: string | null
  readonly effectText: string
}

/** SHA-256 over everything that the history says of an event, base64: what the audit chain vouches for. */
export function contentHashOf(content: EventContent): string {
  return hash(
    'sha256',
    JSON.stringify([
      content.caseId,
      content.seq,
      content.recordedAt,
      content.eventKey,
      content.eventId,
      content.type,
      content.occurredAt,
      content.source,
      content.actor,
      content.owns,
      content.messageId,
      content.dataText,
      content.roomText,
      content.effectText,
    ]),
    'base64',
  )
}
