import {
  array,
  type infer as Infer,
  nullable,
  number,
  object,
  enum as oneOf,
  optional,
  string,
  unknown,
} from 'zod/mini'
import { type Answer, ask, fetchBody } from '../../api/client.ts'
import { documentStates } from './mapping-search.ts'

const versionFields = {
  id: string(),
  name: string(),
  version: number(),
  state: oneOf(documentStates),
  note: nullable(string()),
  replaces: nullable(number()),
  createdBy: string(),
  createdAt: string(),
  activatedBy: nullable(string()),
  activatedAt: nullable(string()),
}
const version = object(versionFields)
const mapping = object({ ...versionFields, content: string() })
const summary = object({ ...versionFields, activeVersion: nullable(number()) })
const summaries = object({ data: array(summary), next_cursor: nullable(string()) })
const versions = object({ data: array(version), next_cursor: nullable(string()) })
const problem = object({
  line: nullable(number()),
  column: nullable(number()),
  path: string(),
  message: string(),
})
const check = object({ document: version, problems: array(problem) })
const field = object({ pointer: string(), message: string() })
const word = object({ vocabulary: string(), value: string() })
const trial = object({
  direction: nullable(string()),
  problems: array(problem),
  examples: array(
    object({
      name: string(),
      line: number(),
      outcome: oneOf(['passed', 'differs', 'failed']),
      reason: nullable(string()),
      differences: array(
        object({ pointer: string(), expected: optional(unknown()), actual: optional(unknown()) }),
      ),
    }),
  ),
  elsewhere: array(object({ name: string(), line: number() })),
  reading: nullable(
    object({
      events: array(unknown()),
      code: nullable(string()),
      problems: array(field),
      unmapped: array(word),
    }),
  ),
})
const dryRunSample = object({
  messageId: string(),
  receivedAt: string(),
  caseId: nullable(string()),
  verdict: string(),
  changes: array(
    object({
      kind: oneOf(['added', 'removed', 'changed']),
      type: string(),
      fields: array(
        object({ pointer: string(), before: optional(unknown()), after: optional(unknown()) }),
      ),
    }),
  ),
  code: nullable(string()),
  problems: array(field),
  unmapped: array(word),
})
const dryRun = object({
  checked: number(),
  same: number(),
  changed: number(),
  unreadable: number(),
  newlyReadable: number(),
  newlyUnreadable: number(),
  newlyUnmapped: number(),
  samples: array(dryRunSample),
  next_cursor: nullable(string()),
})
const messages = object({
  data: array(
    object({
      id: string(),
      externalId: string(),
      receivedAt: string(),
      outcome: nullable(string()),
      code: nullable(string()),
    }),
  ),
})
const messageBody = object({ body: nullable(string()), bodyEncoding: string() })

export type MappingVersion = Infer<typeof version>
export type Mapping = Infer<typeof mapping>
export type MappingSummary = Infer<typeof summary>
export type DocumentProblem = Infer<typeof problem>
export type Trial = Infer<typeof trial>
export type DryRunPage = Infer<typeof dryRun>
export type DryRunSample = Infer<typeof dryRunSample>
export type RecordedMessage = Infer<typeof messages>['data'][number]

/** What a mapping is tried on: a recorded message, or a text that stands for one. */
export type Sample = { readonly messageId: string } | { readonly text: string } | null

/** A step of a version: the next state, or back. */
export type Step = 'check' | 'review' | 'activate' | 'retire' | 'roll-back'

const base = '/api/v1/documents'
const recentMessages = 50

export function listMappings(
  { state, cursor }: { readonly state: string | undefined; readonly cursor: string | undefined },
  signal: AbortSignal,
) {
  const query = { kind: 'mapping', state, cursor, limit: 100 }
  return fetchBody(base, summaries, { query, signal })
}

/** The newest version of a mapping by its name; null where there is none. */
export async function findMapping(
  name: string,
  signal: AbortSignal,
): Promise<MappingSummary | null> {
  const query = { kind: 'mapping', name, limit: 1 }
  return (await fetchBody(base, summaries, { query, signal })).data[0] ?? null
}

export function readMapping(id: string, signal: AbortSignal): Promise<Answer<Mapping>> {
  return ask(`${base}/${encodeURIComponent(id)}`, mapping, { signal })
}

export function listVersions(id: string, cursor: string | undefined, signal: AbortSignal) {
  const path = `${base}/${encodeURIComponent(id)}/history`
  return fetchBody(path, versions, { query: { limit: 100, cursor }, signal })
}

/** Keeps what is written as a new version, a draft. */
export function saveDraft(draft: {
  readonly name: string
  readonly content: string
  readonly note: string | undefined
}): Promise<Mapping> {
  return fetchBody(base, mapping, { method: 'POST', body: { kind: 'mapping', ...draft } })
}

/** @throws {ApiProblem} PRECONDITION_FAILED when somebody else was faster. */
export function checkVersion(id: string, etag: string) {
  const path = `${base}/${encodeURIComponent(id)}/check`
  return fetchBody(path, check, { method: 'POST', headers: { 'if-match': etag } })
}

/** @throws {ApiProblem} PRECONDITION_FAILED when somebody else was faster; CONFLICT, FORBIDDEN for a step that is not next. */
export function takeStep(id: string, step: Exclude<Step, 'check'>, etag: string): Promise<Mapping> {
  const path = `${base}/${encodeURIComponent(id)}/${step}`
  return fetchBody(path, mapping, { method: 'POST', headers: { 'if-match': etag } })
}

/** What a mapping that is being written makes of a sample. Nothing is kept. */
export function tryMapping(
  asked: { readonly name: string; readonly content: string; readonly sample: Sample },
  signal: AbortSignal,
): Promise<Trial> {
  return fetchBody('/api/v1/mapping-trials', trial, { method: 'POST', body: asked, signal })
}

/** A page of what a version would change of what was recorded. */
export function dryRunVersion(
  id: string,
  asked: { readonly days: number; readonly cursor: string | undefined },
): Promise<DryRunPage> {
  const { days, cursor } = asked
  const body = { days, ...(cursor === undefined ? {} : { cursor }) }
  return fetchBody(`${base}/${encodeURIComponent(id)}/dry-run`, dryRun, { method: 'POST', body })
}

/** What came in lately for a mapping, the newest first. */
export async function listRecorded(name: string, signal: AbortSignal): Promise<RecordedMessage[]> {
  const [connection = '', topic = ''] = name.split('/')
  const query = { connection, topic, limit: recentMessages }
  return (await fetchBody('/api/v1/messages', messages, { query, signal })).data
}

/** The bytes of a message as text; null for those who may not see them, and for what is no text. */
export async function readBody(messageId: string, signal: AbortSignal): Promise<string | null> {
  const path = `/api/v1/messages/${encodeURIComponent(messageId)}`
  const { body, bodyEncoding } = await fetchBody(path, messageBody, { signal })
  return bodyEncoding === 'utf8' ? body : null
}
