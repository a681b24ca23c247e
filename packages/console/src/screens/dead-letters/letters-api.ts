import {
  array,
  boolean,
  type infer as Infer,
  nullable,
  number,
  object,
  string,
  unknown,
} from 'zod/mini'
import { fetchBody, tell } from '../../api/client.ts'
import type { LetterSearch, MessageSearch } from './letter-search.ts'

const fields = {
  id: string(),
  caseNo: string(),
  connectionId: string(),
  command: string(),
  state: string(),
  attempts: number(),
  createdAt: string(),
  dueAt: nullable(string()),
  replayOf: nullable(string()),
  lastAttempt: nullable(
    object({ at: nullable(string()), code: nullable(string()), reason: nullable(string()) }),
  ),
}
const letter = object(fields)
const tried = object({
  attempt: number(),
  at: string(),
  outcome: string(),
  status: nullable(number()),
  code: nullable(string()),
  reason: nullable(string()),
  durationMs: number(),
})
const detail = object({ ...fields, body: unknown(), tries: array(tried) })
const letters = object({ data: array(letter), next_cursor: nullable(string()) })
const replayed = object({ deliveryId: string() })
const message = object({
  id: string(),
  connectionId: string(),
  topic: string(),
  receivedAt: string(),
  outcome: nullable(string()),
  code: nullable(string()),
  detail: nullable(string()),
  caseId: nullable(string()),
})
const messages = object({ data: array(message), next_cursor: nullable(string()) })
const wholeMessage = object({
  id: string(),
  connectionId: string(),
  topic: string(),
  externalId: string(),
  actor: string(),
  receivedAt: string(),
  outcome: nullable(string()),
  code: nullable(string()),
  detail: nullable(string()),
  caseId: nullable(string()),
  parked: nullable(object({ parkedAt: string(), retryAt: nullable(string()), replays: number() })),
  body: nullable(string()),
  bodyEncoding: string(),
  isMasked: boolean(),
})
const revealed = object({ body: string(), bodyEncoding: string() })

export type Letter = Infer<typeof letter>
export type MessageRow = Infer<typeof message>

export function readLetters(search: LetterSearch, cursor: string | undefined) {
  return fetchBody('/api/v1/dead-letters', letters, { query: { ...search, limit: 100, cursor } })
}

export function readDelivery(id: string) {
  return fetchBody(`/api/v1/deliveries/${encodeURIComponent(id)}`, detail)
}

export function replayDelivery(id: string) {
  const path = `/api/v1/deliveries/${encodeURIComponent(id)}/replay`
  return fetchBody(path, replayed, { method: 'POST', body: {} })
}

export function readMessages(search: MessageSearch, cursor: string | undefined) {
  return fetchBody('/api/v1/messages', messages, { query: { ...search, limit: 100, cursor } })
}

export function readMessage(id: string) {
  return fetchBody(`/api/v1/messages/${encodeURIComponent(id)}`, wholeMessage)
}

export function replayMessage(id: string, acceptConflict: boolean): Promise<void> {
  const path = `/api/v1/messages/${encodeURIComponent(id)}/replay`
  return tell(path, { method: 'POST', body: { acceptConflict } })
}

/** A message's bytes as they were sent; that they were looked at is written down. */
export function revealMessage(id: string, reason: string) {
  const path = `/api/v1/messages/${encodeURIComponent(id)}/reveal`
  return fetchBody(path, revealed, { method: 'POST', body: { reason } })
}
