import PostalMime from 'postal-mime'
import type { Connections } from '../../connect/connections.ts'
import { findTopicWebhook } from '../../connect/webhook-topic.ts'
import { HubError } from '../../platform/errors.ts'
import { bodyHash, type Incoming, makeMessage, ofTopic } from '../message.ts'

/** A file as it was handed over: by upload, in a folder, or within a mail. */
export interface GivenFile {
  readonly connectionId: string
  readonly topic: string
  /** As its owner named it; a mail ends in `.eml`. Null where nobody named it. */
  readonly name: string | null
  readonly bytes: Buffer
  readonly actor: string
}

/** A signed mail carries such parts besides; nobody means them as a file. */
const notFiles = /^(application\/(pgp|pkcs7|x-pkcs7)|text\/calendar|image\/)/

/**
 * The messages that a file is: itself, or for a mail each of its attachments. A file is known by its
 * content: the same one, handed over again, is a repeat.
 *
 * @throws {HubError} VALIDATION_FAILED for a mail without attachments.
 */
export async function fileMessages(file: GivenFile): Promise<Incoming[]> {
  const isMail = file.name?.toLowerCase().endsWith('.eml') === true
  const parts = isMail ? await attachmentsOf(file.bytes) : [file.bytes]
  if (parts.length === 0) {
    throw new HubError('VALIDATION_FAILED', 'The mail has no attachment that could be a file.')
  }
  const { connectionId, topic, actor } = file
  return parts.map((body) => {
    const externalId = ofTopic(topic, `file:${bodyHash(body)}`)
    return {
      reading: { kind: 'later' },
      message: makeMessage({ connectionId, topic, externalId, body, actor }),
    }
  })
}

async function attachmentsOf(mail: Buffer): Promise<Buffer[]> {
  const { attachments } = await PostalMime.parse(mail)
  return attachments
    .filter(({ mimeType }) => !notFiles.test(mimeType))
    .map(({ content }) =>
      typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
    )
}

/**
 * Whether files can be handed over for a connection and a topic.
 *
 * @throws {HubError} NOT_FOUND for a connection that is not there, or has no such topic; CONNECTION_DISABLED.
 */
export function assertTakesFiles(
  connections: Pick<Connections, 'get'>,
  { connectionId, topic }: Pick<GivenFile, 'connectionId' | 'topic'>,
): void {
  const connection = connections.get(connectionId)
  if (connection === undefined) throw new HubError('NOT_FOUND', 'There is no such connection.')
  if (connection.storedState === 'disabled') {
    throw new HubError('CONNECTION_DISABLED', `The connection ${connectionId} is disabled.`)
  }
  if (connection.state === 'broken') return
  if (findTopicWebhook(connection.connector, topic) === null) {
    throw new HubError('NOT_FOUND', 'This connection has no such topic.')
  }
}
