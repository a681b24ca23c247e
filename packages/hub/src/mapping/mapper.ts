import type { CommandType } from '@backhaul/sdk/canonical'
import type { DeliveryCommand, MappedRequest } from '@backhaul/sdk/connector'
import type { Reading } from './reading.ts'

/** A stored message as a mapping document reads it. */
interface ForeignMessage {
  readonly connectionId: string
  readonly topic: string
  /** Its body is one record of a file, as the document that read the file wrote it. */
  readonly isRecord: boolean
  readonly messageId: string
  readonly receivedAt: Date
  readonly body: Buffer
}

/** What a mapping document makes of a command, or why it cannot. */
export type CommandMapping =
  | { readonly ok: true; readonly request: MappedRequest }
  | { readonly ok: false; readonly code: 'MD01' | 'MD02' | 'IT03'; readonly reason: string }

/** The mapping documents in force, with the words that they look up. Asked without waiting; never throws. */
export interface Mapper {
  /** What a message says; `NO_MAPPING` where no document is active for its topic. */
  readonly read: (message: ForeignMessage) => Reading
  /** Whether an active document makes requests of this command for this connection. */
  readonly speaks: (connectionId: string, type: CommandType) => boolean
  readonly write: (
    connectionId: string,
    command: DeliveryCommand & { readonly idempotencyKey: string },
  ) => CommandMapping
  /** A site's own words of the connection, as their document has them; undefined where there are none. */
  readonly template: (connectionId: string, name: string) => unknown
}

/** Where there are no mapping documents: nothing but canonical events is understood, and nothing else spoken. */
export const noDocuments: Mapper = {
  read: ({ topic }) => ({
    kind: 'unreadable',
    code: 'NO_MAPPING',
    problems: [
      {
        pointer: '',
        code: 'invalid',
        message: `no mapping document is active for the topic ${topic}`,
      },
    ],
    unmapped: [],
  }),
  speaks: () => false,
  write: () => ({
    ok: false,
    code: 'IT03',
    reason: 'no mapping document is active for the command',
  }),
  template: () => undefined,
}
